using Platform.Contracts;

namespace Platform.Api.Http;

/// <summary>A page of a list; the envelope shows its cursor in <c>meta.page</c>.</summary>
/// <param name="Total">How many rows there are in all, where pages are numbered.</param>
internal sealed record Page<T>(IReadOnlyList<T> Items, string? Next, int Size, long? Total = null) : IPage
{
    object IPage.Data => Items;

    /// <summary>The same page of what is shown instead of its rows.</summary>
    public Page<TShown> Of<TShown>(Func<T, TShown> show) => Of([.. Items.Select(show)]);

    /// <inheritdoc cref="Of{TShown}(Func{T, TShown})"/>
    public Page<TShown> Of<TShown>(IReadOnlyList<TShown> shown) => new(shown, Next, Size, Total);
}

internal interface IPage
{
    object Data { get; }
    string? Next { get; }
    int Size { get; }
    long? Total { get; }
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

    /// <summary>Of this answer, where the endpoint has another one for the usual case.</summary>
    public static void SetCode(this HttpContext http, string code, string message) =>
        http.Features.Set(new SuccessCode(code, message));
}

/// <summary>
/// Wraps what an endpoint answers with 2xx into <c>{ "meta": …, "data": … }</c>. Failures pass untouched.
/// </summary>
internal sealed class EnvelopeFilter : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var result = await next(context);
        while (result is INestedHttpResult nested) result = nested.Result;

        var status = (result as IStatusCodeHttpResult)?.StatusCode ?? StatusCodes.Status200OK;
        var value = result is IResult ? (result as IValueHttpResult)?.Value : result;
        if (value is null || status >= 300) return result;

        var success = context.HttpContext.Features.Get<SuccessCode>()
            ?? context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<SuccessCode>()
            ?? SuccessCode.Ok;
        var page = value is IPage p ? new PageInfo(p.Next, p.Size, p.Total) : null;
        var envelope = new Envelope<object>(
            new(success.Code, success.Message, page, context.HttpContext.AsOf), value is IPage list ? list.Data : value);

        return TypedResults.Json(envelope, PlatformJson.Options, statusCode: status);
    }
}
