using System.ComponentModel.DataAnnotations;
using Platform.Contracts.Catalogue;

namespace Platform.Contracts.Messages;

/// <summary>The mails to clients whose words an organisation may choose.</summary>
public static class MessageKinds
{
    public const string Confirmed = "booking.confirmed";
    public const string Requested = "booking.requested";

    /// <summary>A request that was rejected, or not approved in time.</summary>
    public const string Rejected = "booking.rejected";
    public const string Moved = "booking.moved";
    public const string Cancelled = "booking.cancelled";
    public const string Reminder = "booking.reminder";

    /// <summary>A place that became free is held for a client who waits.</summary>
    public const string Offered = "booking.offered";
    public const string Joined = "waitlist.joined";

    public static readonly IReadOnlyList<string> All =
        [Confirmed, Requested, Rejected, Moved, Cancelled, Reminder, Offered, Joined];
}

/// <summary>The languages that mails are written in.</summary>
public static class MessageLocales
{
    public const string Portuguese = "pt-BR";
    public const string English = "en";

    public static readonly IReadOnlyList<string> All = [Portuguese, English];
}

public static class MessageLimits
{
    public const int Subject = 200;
    public const int Text = 5000;
}

/// <summary>Subject and text of a mail, as Liquid templates.</summary>
public sealed record MessageText(string Subject, string Text);

/// <summary><c>GET,PUT /api/v1/message-templates/{kind}/{locale}</c>: a mail to clients in one language.</summary>
/// <param name="Kind">One of <see cref="MessageKinds"/>.</param>
/// <param name="Locale">One of <see cref="MessageLocales"/>.</param>
/// <param name="Default">What is sent where the organisation has no text of its own.</param>
/// <param name="Own">What is sent instead; null where the default is sent.</param>
/// <param name="Variables">What the text may name. The subject takes the same without <c>facts</c> and <c>links</c>.</param>
/// <param name="Required">The variables of which the text must contain each, or <c>links</c>, outside of conditions.</param>
/// <param name="Version">Of the organisation's own text, 0 without one; the value of the <c>ETag</c>.</param>
public sealed record MessageTemplateResponse(
    string Kind,
    string Locale,
    MessageText Default,
    OwnMessageText? Own,
    IReadOnlyList<string> Variables,
    IReadOnlyList<string> Required,
    long Version);

/// <summary>An organisation's own words for a mail.</summary>
public sealed record OwnMessageText(string Subject, string Text) : StampedResponse;

/// <summary><c>PUT /api/v1/message-templates/{kind}/{locale}</c>: this is sent from now on.</summary>
/// <param name="Subject">A Liquid template of one line.</param>
/// <param name="Text">A Liquid template. Blank lines separate paragraphs; the HTML of the mail is made of it.</param>
public sealed record PutMessageTemplateRequest(
    [property: Required, StringLength(MessageLimits.Subject)] string Subject,
    [property: Required, FreeText, StringLength(MessageLimits.Text, MinimumLength = 1), RegularExpression(BookingPage.NotBlank)] string Text);

/// <summary><c>POST …/preview</c>: how the mail looks. Nothing is sent or stored.</summary>
/// <param name="Subject">What is sent now where absent.</param>
/// <param name="Text">What is sent now where absent.</param>
/// <param name="BookingId">The mail about this booking; about an invented one where absent.</param>
public sealed record PreviewMessageRequest(
    [property: StringLength(MessageLimits.Subject)] string? Subject = null,
    [property: FreeText, StringLength(MessageLimits.Text, MinimumLength = 1), RegularExpression(BookingPage.NotBlank)] string? Text = null,
    long? BookingId = null);

/// <param name="Html">A whole document; its values and its text are escaped.</param>
public sealed record MessagePreviewResponse(string Subject, string Text, string Html);

/// <summary><c>POST …/test</c>: sends the mail about an invented booking to the caller's own address.</summary>
/// <param name="Subject">What is sent now where absent.</param>
/// <param name="Text">What is sent now where absent.</param>
public sealed record TestMessageRequest(
    [property: StringLength(MessageLimits.Subject)] string? Subject = null,
    [property: FreeText, StringLength(MessageLimits.Text, MinimumLength = 1), RegularExpression(BookingPage.NotBlank)] string? Text = null);

/// <param name="Recipient">The address of the caller.</param>
public sealed record MessageTestResponse(string Recipient);

/// <summary>What is wrong with a template: member <c>templateErrors</c> of a refusal.</summary>
/// <param name="Field"><c>subject</c> or <c>text</c>.</param>
/// <param name="Line">From 1; null where it is no line in particular.</param>
/// <param name="Name">Of the variable, tag or filter.</param>
public sealed record TemplateError(string Field, string Code, int? Line, string? Name);
