using Duende.IdentityServer.Configuration;
using Duende.IdentityServer.Models;

namespace Duende.IdentityServer.Tokens;

/// <summary>Which key does what, from their ages alone: announced, active, retired, deleted.</summary>
internal static class KeyTimeline
{
    /// <summary>
    /// The newest key whose announcement is over; the oldest of all when none is, as on the first day.
    /// </summary>
    public static SerializedKey? Active(
        IReadOnlyList<SerializedKey> keys, DateTime now, KeyManagementOptions options) =>
        keys.Where(key => key.Created + options.PropagationTime <= now).MaxBy(key => key.Created)
        ?? keys.MinBy(key => key.Created);

    public static bool NeedsNewKey(IReadOnlyList<SerializedKey> keys, DateTime now, KeyManagementOptions options) =>
        keys.Count == 0 || keys.Max(key => key.Created) + options.RotationInterval - options.PropagationTime <= now;

    /// <summary>Keys that stopped signing longer ago than anything they signed may be checked.</summary>
    public static IReadOnlyList<string> Outdated(
        IReadOnlyList<SerializedKey> keys, DateTime now, KeyManagementOptions options)
    {
        if (!options.DeleteRetiredKeys || Active(keys, now, options) is not { } active) return [];

        var takenOver = active.Created + options.PropagationTime;
        return takenOver + options.RetentionDuration > now
            ? []
            : [.. keys.Where(key => key.Created < active.Created).Select(key => key.Id)];
    }
}
