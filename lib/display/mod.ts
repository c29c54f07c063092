/**
 * Things that show themselves in a notebook: charts, tables, progress, pictures of models. Every
 * one has a text form with its key numbers for terminals and screen readers.
 *
 * @module
 */
export { barChart, type BarChartOptions, type BarSeries } from "./bar_chart.ts";
export { Chart, type ChartOptions } from "./chart.ts";
export { comparisonChart, type ComparisonChartOptions } from "./comparison_chart.ts";
export {
  conflictChart,
  type ConflictChartOptions,
  type ConflictMeasure,
  cosineMap,
  type CosineMapOptions,
} from "./conflict_charts.ts";
export {
  type Displayable,
  DisplayObject,
  displaySymbol,
  isDisplayable,
  type MimeBundle,
  type PlotlyFigure,
  plotlyMimeType,
} from "./displayable.ts";
export type {
  Axis,
  AxisLike,
  BarsMark,
  CellsMark,
  Field,
  Figure,
  LineMark,
  Look,
  Mark,
  Panel,
  PointsMark,
} from "./figure.ts";
export { heatMap, type HeatMapOptions } from "./heat_map.ts";
export { historyChart, type HistoryLike, historyTable } from "./history_chart.ts";
export {
  type ImageGrid,
  imageGrid,
  type ImageGridOptions,
  type ImageValues,
} from "./image_grid.ts";
export { installDisplays } from "./install.ts";
export { landscape, type LandscapeOptions, type LandscapePath } from "./landscape.ts";
export { lineChart, type LineChartOptions, type LineSeries } from "./line_chart.ts";
export {
  coefficientMap,
  type CoefficientMapOptions,
  linearPathChart,
  type LinearPathChartOptions,
  singularValueChart,
  supportChart,
  type SupportChartOptions,
} from "./linear_charts.ts";
export type {
  Layout as LinearLayout,
  LinearData,
  LinearModel,
  LinearModelTask,
  LinearPath,
  LinearTask,
  LinearTaskInput,
  Loss as LinearLoss,
  Matrix as LinearMatrix,
  SolverReport as LinearSolverReport,
  StopReason as LinearStopReason,
} from "../linear/mod.ts";
export { type LiveHistory, liveHistory } from "./live_history.ts";
export { mixingMap, type MixingMapOptions, summaryTable } from "./model_tables.ts";
export { type ModelDiagram, modelDiagram, type ModelDiagramOptions } from "./model_diagram.ts";
export { progress, type ProgressBar, type ProgressOptions } from "./progress.ts";
export { reportChart, type ReportChartOptions } from "./report_chart.ts";
export { scatterChart, type ScatterChartOptions, type ScatterSeries } from "./scatter_chart.ts";
export type { WeightsAs } from "./_weights_panel.ts";
export { html, show } from "./show.ts";
export {
  type DataFrameLike,
  type IntervalValue,
  Table,
  table,
  type TableData,
  type TableOptions,
} from "./table.ts";
