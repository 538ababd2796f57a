using Platform.Contracts;
using Platform.Core;

namespace Platform.Api.Http;

/// <summary>A row's version as <c>ETag</c> and in <c>If-Match</c>.</summary>
internal static class EntityTags
{
    extension(HttpContext context)
    {
        public void SetVersion(long version) => context.Response.Headers.ETag = $"\"{version}\"";

        /// <summary>
        /// Where the new row is, and its version. (The envelope replaces an endpoint's result, not headers.)
        /// </summary>
        public void SetCreated(string location, long version)
        {
            context.Response.Headers.Location = location;
            context.SetVersion(version);
        }

        /// <summary>The version that the caller last saw; null if they do not care. One that never was is -1.</summary>
        public long? ExpectedVersion
        {
            get
            {
                var tag = context.Request.Headers.IfMatch.ToString();
                if (tag is "" or "*") return null;
                return long.TryParse(tag.Trim('"'), out var version) ? version : -1;
            }
        }
    }
}

internal static class Versions
{
    public static readonly Rejection Stale =
        new(RejectionKind.Stale, Codes.VersionMismatch, "The row has changed; read it again.");

    extension(HttpContext context)
    {
        /// <summary>Why this row is not the one that the caller means to change, by its version.</summary>
        public Rejection? CheckVersion(long version) =>
            VersionRules.Check(context.ExpectedVersion, version);
    }
}
