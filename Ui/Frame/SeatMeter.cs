namespace Platform.Ui.Frame;

/// <summary><c>_SeatMeter</c>: how many seats of a licence are taken, in words and as a meter.</summary>
/// <param name="Limit">Null is without limit.</param>
public sealed record SeatMeter(int Used, int? Limit)
{
    private const double NearlyFull = 0.9;

    /// <summary>The class of the colour: full, nearly full, or neither.</summary>
    public string Kind => Limit switch
    {
        null => "",
        { } limit when Used >= limit => "bad",
        { } limit when Used >= limit * NearlyFull => "warn",
        _ => "ok",
    };
}
