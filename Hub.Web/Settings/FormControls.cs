using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;
using Microsoft.Extensions.Localization;
using Platform.Ui.Localization;

namespace Platform.Hub.Web.Settings;

/// <summary>A label, a hint, a control and its error, tied together for screen readers.</summary>
public abstract class ControlTagHelper(IStringLocalizer<UiText> uiText) : TagHelper
{
    public required ModelExpression For { get; set; }

    public required string Label { get; set; }

    public string? Hint { get; set; }

    [ViewContext, HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!;

    protected string Name => ViewContext.ViewData.TemplateInfo.GetFullHtmlFieldName(For.Name);

    protected string Id => TagBuilder.CreateSanitizedId(Name, "_");

    protected ModelStateText State
    {
        get
        {
            var entry = ViewContext.ViewData.ModelState.GetValueOrDefault(Name);
            return new(entry?.AttemptedValue, entry?.Errors.FirstOrDefault()?.ErrorMessage);
        }
    }

    protected void Frame(TagHelperOutput output, TagBuilder control, bool isOptional)
    {
        output.TagName = "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", $"field {output.Attributes["class"]?.Value}".TrimEnd());

        var label = new TagBuilder("label") { Attributes = { ["for"] = Id } };
        label.InnerHtml.Append(Label);
        if (isOptional)
        {
            var optional = new TagBuilder("span");
            optional.AddCssClass("muted");
            optional.InnerHtml.Append(uiText["Field.Optional"]);
            label.InnerHtml.AppendHtml(" ").AppendHtml(optional);
        }

        output.Content.AppendHtml(label);
        Hints(output, control);
    }

    /// <summary>The hint, the control, and what is wrong with it.</summary>
    protected void Hints(TagHelperOutput output, TagBuilder control)
    {
        var error = State.Error;
        string[] described = [.. error is null ? [] : new[] { $"{Id}-error" }, .. Hint is null ? [] : new[] { $"{Id}-hint" }];
        if (described.Length > 0) control.Attributes["aria-describedby"] = string.Join(' ', described);
        if (error is not null) control.Attributes["aria-invalid"] = "true";
        if (Hint is not null) output.Content.AppendHtml(Paragraph("hint", Hint));
        output.Content.AppendHtml(control);
        if (error is not null) output.Content.AppendHtml(Paragraph("error", error));
    }

    protected TagBuilder Paragraph(string kind, string content)
    {
        var paragraph = new TagBuilder("p") { Attributes = { ["id"] = $"{Id}-{kind}" } };
        paragraph.AddCssClass(kind);
        paragraph.InnerHtml.Append(content);
        return paragraph;
    }

    protected readonly record struct ModelStateText(string? Attempted, string? Error);
}

/// <summary><c>&lt;entry for="Input.Capacity" type="number" label="…" /&gt;</c>: a value that is typed.</summary>
[HtmlTargetElement("entry", TagStructure = TagStructure.WithoutEndTag)]
public sealed class EntryTagHelper(IStringLocalizer<UiText> uiText) : ControlTagHelper(uiText)
{
    /// <summary>Of the input element; <c>textarea</c> makes it that element.</summary>
    public string Type { get; set; } = "text";

    public string Autocomplete { get; set; } = "off";

    public string? Placeholder { get; set; }

    /// <summary>The id of a list of suggestions.</summary>
    public string? List { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var lines = Type == "textarea";
        var control = new TagBuilder(lines ? "textarea" : "input") { Attributes = { ["id"] = Id, ["name"] = Name } };
        control.AddCssClass(Type is "number" or "date" or "time" ? "input auto" : "input");
        control.Attributes["autocomplete"] = Autocomplete;
        var required = For.Metadata.ValidatorMetadata.OfType<RequiredAttribute>().Any();
        if (required) control.Attributes["required"] = "required";
        if (List is not null) control.Attributes["list"] = List;
        if (Placeholder is not null) control.Attributes["placeholder"] = Placeholder;
        Limits(control);

        var value = State.Attempted ?? TextOf(For.Model);
        if (lines)
        {
            control.InnerHtml.AppendHtml("\n").Append(value); // browsers drop the first line break
        }
        else
        {
            control.TagRenderMode = TagRenderMode.SelfClosing;
            control.Attributes["type"] = Type;
            control.Attributes["value"] = value;
        }

        Frame(output, control, isOptional: !required && Type != "color");
    }

    private void Limits(TagBuilder control)
    {
        var rules = For.Metadata.ValidatorMetadata;
        if (rules.OfType<StringLengthAttribute>().FirstOrDefault() is { } length)
        {
            control.Attributes["maxlength"] = length.MaximumLength.ToString(CultureInfo.InvariantCulture);
        }

        if (Type != "number" || rules.OfType<RangeAttribute>().FirstOrDefault() is not { } range) return;
        control.Attributes["min"] = Convert.ToString(range.Minimum, CultureInfo.InvariantCulture);
        control.Attributes["max"] = Convert.ToString(range.Maximum, CultureInfo.InvariantCulture);
    }

    private static string TextOf(object? value) => value switch
    {
        DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        decimal amount => amount.ToString("0.00", CultureInfo.CurrentCulture),
        null => "",
        _ => Convert.ToString(value, CultureInfo.CurrentCulture) ?? "",
    };
}

/// <summary><c>&lt;pick for="Input.CategoryId" items="…" label="…" /&gt;</c>: one of a list.</summary>
[HtmlTargetElement("pick", TagStructure = TagStructure.WithoutEndTag)]
public sealed class PickTagHelper(IStringLocalizer<UiText> uiText) : ControlTagHelper(uiText)
{
    public required IEnumerable<SelectListItem> Items { get; set; }

    /// <summary>The text of choosing nothing; without it something is always chosen.</summary>
    public string? Empty { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var control = new TagBuilder("select") { Attributes = { ["id"] = Id, ["name"] = Name } };
        control.AddCssClass("input");
        var chosen = State.Attempted ?? Convert.ToString(For.Model, CultureInfo.InvariantCulture) ?? "";
        if (Empty is not null) control.InnerHtml.AppendHtml(Option("", Empty, chosen == ""));

        foreach (var group in Items.GroupBy(item => item.Group?.Name))
        {
            var options = group.Select(item => Option(item.Value, item.Text, item.Value == chosen));
            if (group.Key is null)
            {
                foreach (var option in options) control.InnerHtml.AppendHtml(option);
                continue;
            }

            var box = new TagBuilder("optgroup") { Attributes = { ["label"] = group.Key } };
            foreach (var option in options) box.InnerHtml.AppendHtml(option);
            control.InnerHtml.AppendHtml(box);
        }

        Frame(output, control, isOptional: false);
    }

    private static TagBuilder Option(string value, string label, bool selected)
    {
        var option = new TagBuilder("option") { Attributes = { ["value"] = value } };
        if (selected) option.Attributes["selected"] = "selected";
        option.InnerHtml.Append(label);
        return option;
    }
}

/// <summary><c>&lt;tick for="Input.Public" label="…" /&gt;</c>: yes or no.</summary>
[HtmlTargetElement("tick", TagStructure = TagStructure.WithoutEndTag)]
public sealed class TickTagHelper(IStringLocalizer<UiText> uiText) : ControlTagHelper(uiText)
{
    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", $"field tick {output.Attributes["class"]?.Value}".TrimEnd());

        var box = new TagBuilder("input")
        {
            TagRenderMode = TagRenderMode.SelfClosing,
            Attributes = { ["id"] = Id, ["name"] = Name, ["type"] = "checkbox", ["value"] = "true" },
        };
        var isOn = State.Attempted is { } typed
            ? typed.StartsWith("true", StringComparison.OrdinalIgnoreCase)
            : For.Model is true;
        if (isOn) box.Attributes["checked"] = "checked";
        if (Hint is not null) box.Attributes["aria-describedby"] = $"{Id}-hint";

        var label = new TagBuilder("label") { Attributes = { ["for"] = Id } };
        label.InnerHtml.AppendHtml(box).Append(" ").Append(Label);
        output.Content.AppendHtml(label);
        output.Content.AppendHtml(new TagBuilder("input") // an unticked box is not sent
        {
            TagRenderMode = TagRenderMode.SelfClosing,
            Attributes = { ["type"] = "hidden", ["name"] = Name, ["value"] = "false" },
        });
        if (Hint is not null) output.Content.AppendHtml(Paragraph("hint", Hint));
        if (State.Error is { } error) output.Content.AppendHtml(Paragraph("error", error));
    }
}
