using Platform.Contracts;

namespace Platform.Api.Http;

/// <summary>A page of a list; the envelope shows its cursor in <c>meta.page</c>.</summary>
internal sealed record Page<T>(IReadOnlyList<T> Items, string? Next, int Size) : IPage
{
    object IPage.Data => Items;
}

internal interface IPage
{
    object Data { get; }
    string? Next { get; }
    int Size { get; }
}

/// <summary>The code and sentence of an endpoint's success.</summary>
internal sealed record SuccessCode(string Code, string Message)
{
    public static readonly SuccessCode Ok = new(Codes.Ok, "Done.");
}

internal static class SuccessCodes
{
    extension<TBuilder>(TBuilder endpoint) where TBuilder : IEndpointConventionBuilder
    {
        public TBuilder WithCode(string code, string message) => endpoint.WithMetadata(new SuccessCode(code, message));
    }
}

/// <summary>Wraps what an endpoint answers with 2xx into <c>{ "meta": …, "data": … }</c>. Failures pass untouched.</summary>
internal sealed class EnvelopeFilter : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var result = await next(context);
        while (result is INestedHttpResult nested) result = nested.Result;

        var status = (result as IStatusCodeHttpResult)?.StatusCode ?? StatusCodes.Status200OK;
        var value = result is IResult ? (result as IValueHttpResult)?.Value : result;
        if (value is null || status >= 300) return result;

        var success = context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<SuccessCode>() ?? SuccessCode.Ok;
        var page = value is IPage p ? new PageInfo(p.Next, p.Size) : null;
        var envelope = new Envelope<object>(
            new(success.Code, success.Message, page), value is IPage list ? list.Data : value);

        return TypedResults.Json(envelope, PlatformJson.Options, statusCode: status);
    }
}
