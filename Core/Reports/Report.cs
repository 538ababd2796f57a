namespace Platform.Core.Reports;

/// <summary>A report and how old its figures are.</summary>
/// <param name="AsOf">What happened until then is in it; later changes may be missing.</param>
public sealed record Report<T>(IReadOnlyList<T> Rows, DateTimeOffset AsOf);
