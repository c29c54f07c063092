import * as tf from "@tensorflow/tfjs";

/**
 * Mends the gradients of image resizing on the plain JavaScript backend, which mixes up the images
 * of a batch and the names of height and width: it takes the images one at a time.
 */
export function repairResize(): void {
  for (const kernelName of ["ResizeBilinear", "ResizeNearestNeighbor"]) {
    const upstream = tf.getGradient(kernelName);
    tf.unregisterGradient(kernelName);
    tf.registerGradient({
      ...upstream,
      gradFunc: (dy, saved, attributes) => {
        const [images] = saved;
        const count = images.shape[0];
        if (tf.getBackend() !== "cpu") return upstream.gradFunc(dy, saved, attributes);
        return {
          images: () => {
            const gradients = tf.split(dy as tf.Tensor, count);
            const singles = tf.split(images, count).map((image, index) =>
              tf.reshape(
                upstream.gradFunc(gradients[index], [image], attributes).images(),
                image.shape,
              )
            );
            return tf.concat(singles);
          },
        };
      },
    });
  }
}
