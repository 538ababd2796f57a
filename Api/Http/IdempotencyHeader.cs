using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Platform.Contracts;
using Platform.Core;
using Platform.Core.Idempotency;

namespace Platform.Api.Http;

/// <summary>Reads <c>Idempotency-Key</c> for routes that create.</summary>
internal static class IdempotencyHeader
{
    private const int MaxLength = 200;

    extension(HttpContext context)
    {
        /// <summary>The key with the hash of this request; null if none was sent.</summary>
        public Result<RequestKey?> ReadIdempotencyKey<T>(string caller, T body)
        {
            var header = context.Request.Headers[Headers.IdempotencyKey];
            if (header.Count == 0) return (RequestKey?)null;

            var isValid = header.Count == 1 && header[0] is { Length: > 0 and <= MaxLength } text
                && text.All(c => c is > ' ' and < '\u007f');
            if (!isValid)
            {
                return new Rejection(
                    RejectionKind.Malformed, "FORMAT",
                    $"{Headers.IdempotencyKey} must be one key of 1 to {MaxLength} visible ASCII characters.",
                    Headers.IdempotencyKey);
            }

            // The parsed request is hashed, not the bytes sent: white space and the order of members do not matter.
            var request = $"{context.Request.Method} {context.Request.Path}\n{JsonSerializer.Serialize(body, PlatformJson.Options)}";
            return new RequestKey(caller, header[0]!, SHA256.HashData(Encoding.UTF8.GetBytes(request)));
        }
    }
}
