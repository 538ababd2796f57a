namespace Platform.Tests.Support;

/// <summary>Sets of tests that <c>./platform test</c> does not always run.</summary>
public static class Sets
{
    /// <summary>Name of the trait.</summary>
    public const string Name = "Set";

    /// <summary>
    /// Proves the protocol library that is compiled in. It runs when Identity has changed within the last day of
    /// commits, and with <c>./platform test identity</c>.
    /// </summary>
    public const string Protocol = "protocol";
}
