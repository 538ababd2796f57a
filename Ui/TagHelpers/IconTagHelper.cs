using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Platform.Ui.TagHelpers;

/// <summary>
/// <c>&lt;icon name="clock" /&gt;</c> draws a symbol of the sprite (the names are those of <c>frontend/icons.json</c>).
/// With a label it speaks, without one it is decoration.
/// </summary>
[HtmlTargetElement("icon", TagStructure = TagStructure.WithoutEndTag)]
public sealed class IconTagHelper(HtmlEncoder encoder) : TagHelper
{
    public required string Name { get; set; }

    public string? Label { get; set; }

    [ViewContext, HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "svg";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "icon");
        output.Attributes.SetAttribute("width", "18");
        output.Attributes.SetAttribute("height", "18");
        output.Attributes.SetAttribute("focusable", "false");

        if (Label is null)
        {
            output.Attributes.SetAttribute("aria-hidden", "true");
        }
        else
        {
            output.Attributes.SetAttribute("role", "img");
            output.Attributes.SetAttribute("aria-label", Label);
        }

        output.Content.SetHtmlContent($"<use href=\"{encoder.Encode(Sprite())}#{encoder.Encode(Name)}\"></use>");
    }

    /// <summary>The address with the fingerprint, which may be cached for ever.</summary>
    private string Sprite()
    {
        var http = ViewContext.HttpContext;
        var assets = http.GetEndpoint()?.Metadata.GetMetadata<ResourceAssetCollection>();
        return $"{http.Request.PathBase}/{assets?["ui/icons.svg"] ?? "ui/icons.svg"}";
    }
}
