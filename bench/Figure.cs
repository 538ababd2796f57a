using System.Text.Json.Serialization;

namespace Platform.Bench;

/// <summary>One measured figure and the raw limit that was measured in the same run, on the same machine.</summary>
/// <param name="Name">Suite and what was measured: <c>scheduling.booking_create.8_clients</c>.</param>
/// <param name="Value">The median of what the product did, in <paramref name="Unit"/>.</param>
/// <param name="Limit">The median of the raw limit, in the same unit; for a duration, the goal's maximum.</param>
/// <param name="Ratio">
/// The median of the ratios of the rounds, value to limit: rounds differ more than the two in one.
/// </param>
/// <param name="Goal">The minimum ratio.</param>
internal sealed record Figure(
    [property: JsonPropertyName("figure")] string Name,
    double Value,
    string Unit,
    double Limit,
    double Ratio,
    double Goal)
{
    public bool Met => Ratio >= Goal;

    /// <summary>Of a duration, where less is better: the ratio is the goal's maximum to the measured value.</summary>
    public static Figure AtMost(string name, double value, string unit, double most) =>
        new(name, Math.Round(value, 3), unit, Math.Round(most, 3), Math.Round(most / value, 3), 1);
}
