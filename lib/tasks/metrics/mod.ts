/**
 * Figures of merit as plain functions over numbers. Tasks use them; they serve on their own as well.
 * @module
 */
export { areaUnderCurve } from "./area_under_curve.ts";
export { boxIou } from "./box_iou.ts";
export { calibrationError, type CalibrationOptions } from "./calibration_error.ts";
export { Confusion } from "./confusion.ts";
export { editDistance, errorRate } from "./edit_distance.ts";
export { type FoundScore, foundScore } from "./found_score.ts";
export { logLoss } from "./log_loss.ts";
