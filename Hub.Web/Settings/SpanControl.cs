using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Razor.TagHelpers;
using Microsoft.Extensions.Localization;
using Platform.Ui.Localization;

namespace Platform.Hub.Web.Settings;

/// <summary>Minutes as a person says them: a number with its unit.</summary>
public sealed class SpanInput
{
    [Range(0, 525_600)]
    public int? Amount { get; set; }

    [RegularExpression("^(minute|hour|day)$")]
    public string Unit { get; set; } = "minute";

    public int? Minutes => Amount * (Unit switch { "day" => 1440, "hour" => 60, _ => 1 });

    public static SpanInput Of(int? minutes) => minutes switch
    {
        null => new() { Unit = "hour" },
        > 0 when minutes % 1440 == 0 => new() { Amount = minutes / 1440, Unit = "day" },
        > 0 when minutes % 60 == 0 => new() { Amount = minutes / 60, Unit = "hour" },
        _ => new() { Amount = minutes, Unit = "minute" },
    };
}

/// <summary><c>&lt;span-of-time for="Input.Notice" label="…" /&gt;</c>: a number and its unit, side by side.</summary>
[HtmlTargetElement("span-of-time", TagStructure = TagStructure.WithoutEndTag)]
public sealed class SpanTagHelper(IStringLocalizer<UiText> uiText, IStringLocalizer<HubText> hub) : ControlTagHelper(uiText)
{
    private static readonly string[] Units = ["minute", "hour", "day"];

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var span = For.Model as SpanInput ?? new();
        var state = ViewContext.ViewData.ModelState;
        var (name, id) = ($"{Name}.Amount", $"{Id}_Amount");
        var error = state.GetValueOrDefault(name)?.Errors.FirstOrDefault()?.ErrorMessage;

        output.TagName = "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "field");
        var label = new TagBuilder("label") { Attributes = { ["for"] = id } };
        label.InnerHtml.Append(Label);
        output.Content.AppendHtml(label);
        if (Hint is not null) output.Content.AppendHtml(Line("hint", $"{id}-hint", Hint));

        var amount = new TagBuilder("input")
        {
            TagRenderMode = TagRenderMode.SelfClosing,
            Attributes =
            {
                ["id"] = id, ["name"] = name, ["type"] = "number", ["min"] = "0", ["class"] = "input auto",
                ["autocomplete"] = "off",
                ["value"] = state.GetValueOrDefault(name)?.AttemptedValue
                    ?? span.Amount?.ToString(CultureInfo.InvariantCulture) ?? "",
            },
        };
        string[] described = [.. error is null ? [] : new[] { $"{id}-error" }, .. Hint is null ? [] : new[] { $"{id}-hint" }];
        if (described.Length > 0) amount.Attributes["aria-describedby"] = string.Join(' ', described);
        if (error is not null) amount.Attributes["aria-invalid"] = "true";

        var row = new TagBuilder("div");
        row.AddCssClass("row");
        row.InnerHtml.AppendHtml(amount).AppendHtml(
            UnitBox(state.GetValueOrDefault($"{Name}.Unit")?.AttemptedValue ?? span.Unit));
        output.Content.AppendHtml(row);
        if (error is not null) output.Content.AppendHtml(Line("error", $"{id}-error", error));
    }

    private TagBuilder UnitBox(string chosen)
    {
        var box = new TagBuilder("select")
        {
            Attributes = { ["name"] = $"{Name}.Unit", ["class"] = "input auto", ["aria-label"] = $"{Label}: {hub["Setup.Unit"]}" },
        };
        foreach (var unit in Units)
        {
            var option = new TagBuilder("option") { Attributes = { ["value"] = unit } };
            if (unit == chosen) option.Attributes["selected"] = "selected";
            option.InnerHtml.Append(hub[$"Setup.Unit.{unit}"]);
            box.InnerHtml.AppendHtml(option);
        }

        return box;
    }

    private static TagBuilder Line(string kind, string id, string content)
    {
        var line = new TagBuilder("p") { Attributes = { ["id"] = id } };
        line.AddCssClass(kind);
        line.InnerHtml.Append(content);
        return line;
    }
}
