using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Platform.Contracts;

namespace Platform.Api.Http;

/// <summary>
/// Looks at a body before it is read: its charset must be known, and one of JSON can be read again, to say everything
/// that is wrong with it.
/// </summary>
internal static class RequestBodies
{
    /// <summary>In memory; larger ones, of routes that take files, are no JSON.</summary>
    private const int Kept = (int)RequestGuard.MaxBody;

    public static Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)) return next(context);
        if (!IsKnown(type.Charset))
        {
            return context.WriteAsync(Problems.Of(
                StatusCodes.Status415UnsupportedMediaType, Codes.UnsupportedMediaType, "The charset is unknown."));
        }

        if (type.Charset.StartsWith("\"", StringComparison.Ordinal))
        {
            type.Charset = HeaderUtilities.RemoveQuotes(type.Charset); // the framework looks for an encoding with quotes
            request.ContentType = type.ToString();
        }

        if (RequestOf(context.GetEndpoint()) is not null && request.HasJsonContentType()) request.EnableBuffering(Kept);
        return next(context);
    }

    /// <summary>The errors of a body that could not be read; none if the body is not JSON.</summary>
    public static async Task<IReadOnlyList<FieldError>> ErrorsAsync(HttpRequest request, Endpoint? endpoint)
    {
        if (RequestOf(endpoint) is not { } type || !request.Body.CanSeek) return [];

        request.Body.Position = 0;
        using var text = new StreamReader(request.Body, EncodingOf(request) ?? Encoding.UTF8, leaveOpen: true);
        try
        {
            using var body = JsonDocument.Parse(
                await text.ReadToEndAsync(request.HttpContext.RequestAborted), new() { MaxDepth = PlatformJson.MaxDepth });
            return BodyErrors.Of(body.RootElement, type);
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private static Type? RequestOf(Endpoint? endpoint) =>
        endpoint?.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType is { } type
        && type.Namespace?.StartsWith("Platform.Contracts", StringComparison.Ordinal) is true
            ? type
            : null;

    private static Encoding? EncodingOf(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) ? type.Encoding : null;

    private static bool IsKnown(StringSegment charset)
    {
        if (!charset.HasValue) return true;

        try
        {
            return Encoding.GetEncoding(HeaderUtilities.RemoveQuotes(charset).ToString()) is not null;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }
}
