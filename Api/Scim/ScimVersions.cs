using Microsoft.Extensions.Primitives;

namespace Platform.Api.Scim;

/// <summary>A resource's version as <c>meta.version</c>, <c>ETag</c> and in conditions.</summary>
internal static class ScimVersions
{
    extension(HttpContext http)
    {
        public string ScimBase => $"{http.Request.Scheme}://{http.Request.Host}{http.Request.PathBase}/scim/v2";

        /// <summary>Whether the caller means another version than this.</summary>
        public bool IsStale(string version) =>
            http.Request.Headers.IfMatch is { Count: > 0 } header && !Names(header, version);

        /// <summary>Whether the caller has this version already.</summary>
        public bool IsKnown(string version) =>
            http.Request.Headers.IfNoneMatch is { Count: > 0 } header && Names(header, version);
    }

    /// <summary>Versions are weak in any case, so the mark does not matter.</summary>
    private static bool Names(StringValues header, string version) =>
        header.SelectMany(value => (value ?? "").Split(',', StringSplitOptions.TrimEntries))
            .Any(tag => tag == "*" || Bare(tag) == Bare(version));

    private static string Bare(string tag) => tag.StartsWith("W/", StringComparison.Ordinal) ? tag[2..] : tag;
}
