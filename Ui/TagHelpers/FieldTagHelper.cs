using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;
using Microsoft.Extensions.Localization;
using Platform.Ui.Localization;
using Platform.Ui.Time;

namespace Platform.Ui.TagHelpers;

/// <summary>
/// <c>&lt;field for="Input.Name" label="…" /&gt;</c>: a label, a hint, the control and its error, tied
/// together for screen readers. The typed value stays after an error.
/// </summary>
[HtmlTargetElement("field", TagStructure = TagStructure.WithoutEndTag)]
public sealed class FieldTagHelper(IStringLocalizer<UiText> text) : TagHelper
{
    public required ModelExpression For { get; set; }

    public required string Label { get; set; }

    public string? Hint { get; set; }

    /// <summary>The type of the input element; <c>textarea</c> makes it that element.</summary>
    public string Type { get; set; } = "text";

    /// <summary>The choices, value and text: the control is a select.</summary>
    public IReadOnlyList<(string Value, string Text)>? Options { get; set; }

    /// <summary>Says that the field may be left empty; off where another field decides that.</summary>
    public bool MarksOptional { get; set; } = true;

    /// <summary>The focus begins here.</summary>
    public bool Autofocus { get; set; }

    /// <summary>What a browser may fill in: <c>name</c>, <c>email</c>, <c>off</c>.</summary>
    public string Autocomplete { get; set; } = "off";

    [ViewContext, HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var name = ViewContext.ViewData.TemplateInfo.GetFullHtmlFieldName(For.Name);
        var id = TagBuilder.CreateSanitizedId(name, "_");
        var state = ViewContext.ViewData.ModelState.GetValueOrDefault(name);
        var error = state?.Errors.FirstOrDefault()?.ErrorMessage;

        output.TagName = "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "field");
        output.Content.AppendHtml(LabelOf(id));
        if (Hint is not null) output.Content.AppendHtml(Paragraph("hint", $"{id}-hint", Hint));
        output.Content.AppendHtml(Control(name, id, state?.AttemptedValue ?? Written(For.Model), error is not null));
        if (error is not null) output.Content.AppendHtml(Paragraph("error", $"{id}-error", error));
    }

    private TagBuilder LabelOf(string id)
    {
        var label = new TagBuilder("label") { Attributes = { ["for"] = id } };
        label.InnerHtml.Append(Label);
        if (For.Metadata.IsRequired || !MarksOptional) return label;

        label.InnerHtml.AppendHtml(" ");
        var optional = new TagBuilder("span");
        optional.AddCssClass("muted");
        optional.InnerHtml.Append(text["Field.Optional"]);
        label.InnerHtml.AppendHtml(optional);
        return label;
    }

    private TagBuilder Control(string name, string id, string? value, bool wrong)
    {
        var element = Options is not null ? "select" : Type == "textarea" ? "textarea" : "input";
        var control = new TagBuilder(element) { Attributes = { ["id"] = id, ["name"] = name } };
        control.AddCssClass("input");
        control.Attributes["autocomplete"] = Autocomplete;
        if (For.Metadata.IsRequired) control.Attributes["required"] = "required";
        if (Autofocus) control.Attributes["autofocus"] = "autofocus";
        if (Options is null && MaxLength() is { } length) control.Attributes["maxlength"] = length;
        if (DescribedBy(id, wrong) is { } described) control.Attributes["aria-describedby"] = described;
        if (wrong) control.Attributes["aria-invalid"] = "true";

        if (Options is not null)
        {
            foreach (var choice in Options) control.InnerHtml.AppendHtml(OptionOf(choice, value));
        }
        else if (element == "textarea")
        {
            control.InnerHtml.AppendHtml("\n"); // browsers drop the first line break, so a typed one must not be first
            control.InnerHtml.Append(value ?? "");
        }
        else
        {
            control.TagRenderMode = TagRenderMode.SelfClosing;
            control.Attributes["type"] = Type;
            control.Attributes["value"] = value ?? "";
        }

        return control;
    }

    private static TagBuilder OptionOf((string Value, string Text) choice, string? selected)
    {
        var option = new TagBuilder("option") { Attributes = { ["value"] = choice.Value } };
        if (choice.Value == (selected ?? "")) option.Attributes["selected"] = "selected";
        option.InnerHtml.Append(choice.Text);
        return option;
    }

    /// <summary>Browsers write dates of inputs in one way, whatever the language.</summary>
    private static string? Written(object? value) => value is DateOnly day ? day.ToIso() : value?.ToString();

    private string? MaxLength() =>
        For.Metadata.ValidatorMetadata.OfType<StringLengthAttribute>().FirstOrDefault()?.MaximumLength
            .ToString(System.Globalization.CultureInfo.InvariantCulture);

    private string? DescribedBy(string id, bool wrong) => (Hint, wrong) switch
    {
        (null, false) => null,
        (null, true) => $"{id}-error",
        (_, false) => $"{id}-hint",
        (_, true) => $"{id}-error {id}-hint",
    };

    private static TagBuilder Paragraph(string cssClass, string id, string content)
    {
        var paragraph = new TagBuilder("p") { Attributes = { ["id"] = id } };
        paragraph.AddCssClass(cssClass);
        paragraph.InnerHtml.Append(content);
        return paragraph;
    }
}
