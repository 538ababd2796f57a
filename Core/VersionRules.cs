using Platform.Contracts;

namespace Platform.Core;

/// <summary>Whether a change is of the version that the caller last saw.</summary>
public static class VersionRules
{
    /// <param name="expected">What the caller last saw; null if they do not care.</param>
    public static Rejection? Check(long? expected, long actual) =>
        expected is null || expected == actual
            ? null
            : new(RejectionKind.Stale, Codes.VersionMismatch, $"The current version is {actual}.");
}
