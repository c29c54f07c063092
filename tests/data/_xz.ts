/** Made by Python's `lzma.compress(..., preset=9)`, since nothing here writes xz. */
function packed(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

/** The 5,000 bytes of `someBytes`. */
export const packedBytes = packed(
  "/Td6WFoAAATm1rRGAgAhARwAAAAQz1jM4BOHAR5dAAA7+/sADX6lSL/UDQG2bED7/6LBULEyxe3ysJhJgkUMwAMguS" +
    "jNc6m5jVPOV27F3iquoaslWTOn3Wgl9gNAhQpmggrX4ttDfTDYUGCHnwih3VX3Af5182ymIRVaKZH+828BTOmPISaQ" +
    "y/eiPryV1/ema5FamuGu+usHx+tMiZsHy70SltTUD6RgziHLfrWsaGg3cfCl3P4Gsy7hitt1QQO2tD4bwaCurRsXkL" +
    "LKHKYH9xChUC3XBUbo75o8Jp7iBcN13uxlBjFm2BHZBeQwybSs1nVx8ZG53rE/J3vPD+FBG/IV1jkpCBpsJ037DHJG" +
    "SO1tFKYo661CBQcEFGwECQM7zTWpn5w1pcnR9Z+tRZXXEx87+q0vXC8haXI+IwAAAADFZXHfa3zK2AABugKIJwAAH3" +
    "krF7HEZ/sCAAAAAARZWg==",
);

/** 2,000,000 zeros in 416 bytes. */
export const xzBomb = packed(
  "/Td6WFoAAATm1rRGAgAhARwAAAAQz1jM/oR/AWBdAABv/f//o7f/Rz5IFXI5YVG4kijmo4YH+e7kHoLTL8U6PAFLsX" +
    "7JiopNL6MN2X+m44wjEVPgWRjFdYrid/i2lH8MasDedElk4ulcU7IE2PdEDKtfDW1G6eXDdoi3llestk3haR1v+0uI" +
    "EGxCy4g/XACP0E6vJiiUcR89jyThcJ6nI1/sKMuF0ZWYin4qkfIndfcZwAaYTZj92K/VkA/EJVP49ZE2MQWlsO5vwX" +
    "BNRwzRkRGqrWAdus6xJxhcWYbpZlJYvul2rFnk5VsFCPnH2q38+1IrdM0eWyBC+d1TPfgpZAk7gMsqbN+1O/DEvS5f" +
    "qg8+S2ZCkBMO/xCT+HF4WfgLzf+VKEYPqfx83vuaMC5WwI+F84OBwGXEJVP49ZE2MQWlsO5vwXBNRwzRkRGqrWAdus" +
    "6xJxhcWYbpZlJYvul2rFnk5VsFCPnH2q38+1IrdM0eWyBC+d1TPfgEQQJeAAAACXppX4WPGKIAAfwCgIl6AJdZqA2x" +
    "xGf7AgAAAAAEWVo=",
);
