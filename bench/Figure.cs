namespace Platform.Bench;

/// <summary>One measured figure beside the raw limit that was measured in the same run, on the same machine.</summary>
/// <param name="Name">Suite and what was measured: <c>scheduling.booking_create.8_clients</c>.</param>
/// <param name="Value">The median of what the product did, in <paramref name="Unit"/>.</param>
/// <param name="Limit">The median of the raw limit, in the same unit.</param>
/// <param name="Ratio">The median of the ratios of the rounds, value to limit: rounds differ more than the two in one.</param>
/// <param name="Goal">The ratio that we want at least.</param>
internal sealed record Figure(
    [property: System.Text.Json.Serialization.JsonPropertyName("figure")] string Name,
    double Value,
    string Unit,
    double Limit,
    double Ratio,
    double Goal)
{
    public bool Met => Ratio >= Goal;
}
