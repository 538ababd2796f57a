namespace Platform.Api.Http;

/// <summary>A row's version as <c>ETag</c> and in <c>If-Match</c>.</summary>
internal static class EntityTags
{
    extension(HttpContext context)
    {
        public void SetVersion(long version) => context.Response.Headers.ETag = $"\"{version}\"";

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
