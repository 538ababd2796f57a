using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Platform.Mail;

/// <summary>The mail server, and how often and how long it is tried.</summary>
public sealed class MailOptions
{
    public const string Section = "Mail";

    /// <summary>
    /// <c>smtp://[user:password@]host[:587]</c>, encrypted by STARTTLS where the server offers it, or
    /// <c>smtps://[user:password@]host[:465]</c>, encrypted from the first byte. Without it mails wait.
    /// </summary>
    public Uri? Url { get; init; }

    /// <summary>The sender: an address, with or without a name.</summary>
    [Required]
    public string From { get; init; } = "Platform <no-reply@platform.example>";

    /// <summary>Attempts before a mail counts as failed. An attempt that reaches no server does not count.</summary>
    [Range(1, 20)]
    public int Attempts { get; init; } = 5;

    /// <summary>The wait after the first failure; each further one waits four times as long.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For one message, from connecting to the server's receipt.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:00:20")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Connections to the mail server that a process uses side by side.</summary>
    [Range(1, 32)]
    public int Connections { get; init; } = 4;

    /// <summary>A PEM file of authorities that may certify the mail server, beside those of the machine.</summary>
    public string? CertificateAuthorities { get; init; }

    /// <summary>
    /// Development only: sends the password of <see cref="Url"/> even where the server offers no encryption.
    /// </summary>
    public bool PasswordWithoutTls { get; init; }
}

[OptionsValidator]
internal sealed partial class MailOptionsValidator : IValidateOptions<MailOptions>;
