using System.Globalization;
using Microsoft.AspNetCore.Razor.TagHelpers;
using Platform.Ui.Time;

namespace Platform.Ui.TagHelpers;

/// <summary>
/// <c>&lt;instant at="@booking.Start" zone="@Model.Zone" /&gt;</c> writes an instant as the clocks of a zone show it, in
/// the reader's language, and in UTC for machines.
/// </summary>
[HtmlTargetElement("instant", TagStructure = TagStructure.WithoutEndTag)]
public sealed class InstantTagHelper : TagHelper
{
    public required DateTimeOffset At { get; set; }

    public required TimeZoneInfo Zone { get; set; }

    /// <summary>
    /// A standard format: <c>t </c> time, <c>D </c> day in words, <c>g </c> both in short (the default).
    /// </summary>
    public string Format { get; set; } = "g";

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "time";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("datetime", At.ToIso());
        output.Content.SetContent(Zone.At(At).ToString(Format, CultureInfo.CurrentCulture));
    }
}
