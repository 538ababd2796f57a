using System.Globalization;

namespace Platform.Core.Licensing;

/// <summary>The Redis channel on which processes say that what decisions depend on has changed.</summary>
public static class AccessChannel
{
    public const string Name = "platform:access";

    /// <param name="sender">A process recognises its own messages by it.</param>
    public static string Message(string sender, long tenantId) =>
        string.Create(CultureInfo.InvariantCulture, $"{sender} {tenantId}");
}
