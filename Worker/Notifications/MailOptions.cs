using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Platform.Worker.Notifications;

internal sealed class MailOptions
{
    public const string Section = "Mail";

    /// <summary><c>smtp://[user:password@]host:port</c></summary>
    [Required]
    public Uri? Url { get; init; }

    [Required]
    public string From { get; init; } = "Platform <no-reply@platform.example>";

    /// <summary>Attempts before a notification counts as failed.</summary>
    [Range(1, 20)]
    public int Attempts { get; init; } = 5;

    /// <summary>The wait after the first failure; each further one waits four times as long.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For one message, from connecting to the server's receipt.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:00:20")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);
}

[OptionsValidator]
internal sealed partial class MailOptionsValidator : IValidateOptions<MailOptions>;
