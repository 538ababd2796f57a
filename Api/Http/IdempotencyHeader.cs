using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Platform.Contracts;
using Platform.Core.Idempotency;

namespace Platform.Api.Http;

/// <summary>Reads <c>Idempotency-Key</c> for routes that create.</summary>
internal static class IdempotencyHeader
{
    private const int MaxLength = 200;

    extension(HttpContext context)
    {
        /// <summary>
        /// The key with the hash of this request, both null if none was sent; or what is wrong with it.
        /// </summary>
        public (RequestKey? Key, ProblemDetails? Problem) ReadIdempotencyKey<T>(string caller, T body)
        {
            var header = context.Request.Headers[Headers.IdempotencyKey];
            if (header.Count == 0) return (null, null);

            var isValid = header.Count == 1 && header[0] is { Length: > 0 and <= MaxLength } text
                && text.All(c => c is > ' ' and < '\u007f');
            if (!isValid)
            {
                return (null, Problems.Invalid(new FieldError(
                    Headers.IdempotencyKey, "FORMAT", $"It is one key of 1 to {MaxLength} visible ASCII characters.")));
            }

            // The parsed request is hashed, not the bytes sent: white space and the order of members do not matter.
            var request = $"{context.Request.Method} {context.Request.Path}\n{JsonSerializer.Serialize(body, PlatformJson.Options)}";
            return (new(caller, header[0]!, SHA256.HashData(Encoding.UTF8.GetBytes(request))), null);
        }
    }
}
