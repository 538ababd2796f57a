using System.Globalization;

namespace Platform.Core.Licensing;

/// <summary>The Redis channel on which processes say that what decisions depend on has changed.</summary>
public static class AccessChannel
{
    public const string Name = "platform:access";

    /// <param name="sender">Tells a process its own messages from those of others.</param>
    public static string Message(string sender, long tenantId) =>
        string.Create(CultureInfo.InvariantCulture, $"{sender} {tenantId}");
}
