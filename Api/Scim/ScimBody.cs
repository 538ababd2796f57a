using System.Text.Json;
using Microsoft.Net.Http.Headers;
using Platform.Contracts;

namespace Platform.Api.Scim;

/// <summary>The body of a request: JSON of either media type. The schema decides about unknown attributes.</summary>
internal sealed record ScimBody(JsonElement Json)
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    public static async ValueTask<ScimBody?> BindAsync(HttpContext context)
    {
        var isJson = MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type)
            && type.MediaType.Value?.ToLowerInvariant() is ScimAnswer.ContentType or "application/json";
        if (!isJson)
        {
            throw new BadHttpRequestException("The value is not JSON.", StatusCodes.Status415UnsupportedMediaType);
        }

        try
        {
            using var document = await JsonDocument.ParseAsync(context.Request.Body, Strict, context.RequestAborted);
            return PlatformJson.IsStorable(document.RootElement)
                ? new(document.RootElement.Clone())
                : throw new BadHttpRequestException("The JSON contains text that cannot be stored.");
        }
        catch (JsonException e)
        {
            throw new BadHttpRequestException("The body is not JSON.", e);
        }
    }
}
