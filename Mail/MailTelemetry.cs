using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Platform.Mail;

/// <summary>
/// ServiceDefaults listens to every name that starts with <c>Platform. </c>; docs/operations.md lists the meters.
/// </summary>
internal static class MailTelemetry
{
    public static readonly ActivitySource Source = new("Platform.Mail");

    private static readonly Meter Meter = new("Platform.Mail");

    public static readonly Counter<long> Sent = Meter.CreateCounter<long>(
        "platform.mails.sent", "{mail}", "Mails that the SMTP server accepted.");

    public static readonly Counter<long> Failed = Meter.CreateCounter<long>(
        "platform.mails.failed", "{mail}", "Attempts to send a mail that failed.");

    public static readonly Counter<long> Superseded = Meter.CreateCounter<long>(
        "platform.mails.superseded", "{mail}", "Mails that were dropped, because they were not true any more.");
}
