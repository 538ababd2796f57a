using System.Text;
using System.Text.Json;
using Platform.Contracts;
using Platform.Tests.ApiKeys;
using Platform.Tests.Support;

namespace Platform.Tests.Scim;

/// <summary>Requests of a directory, written as it writes them.</summary>
internal static class ScimCalls
{
    public const string User = "urn:ietf:params:scim:schemas:core:2.0:User";
    public const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    public const string Group = "urn:ietf:params:scim:schemas:core:2.0:Group";

    public static string NewName() => $"s{Guid.CreateVersion7():n}@example.com";

    /// <summary>The body with which Entra ID creates a user.</summary>
    public static string Person(string userName, string more = "") => $$"""
        {
          "schemas": ["{{User}}", "{{Enterprise}}"], "externalId": "ext-{{userName}}", "userName": "{{userName}}",
          "active": true, "emails": [{ "primary": true, "type": "work", "value": "{{userName}}" }],
          "meta": { "resourceType": "User" },
          "name": { "formatted": "Adele Vance", "familyName": "Vance", "givenName": "Adele" }, "roles": []{{more}}
        }
        """;

    public static string Patch(params string[] operations) => $$"""
        { "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [{{string.Join(", ", operations)}}] }
        """;

    extension(PlatformFixture platform)
    {
        /// <summary>A directory that may do all that an administrator of the tenant may.</summary>
        public async Task<HttpClient> DirectoryAsync(TestTenant tenant) =>
            platform.Client().With((await tenant.MightyKeyAsync(Scopes.Scim)).Secret);
    }

    extension(HttpClient client)
    {
        /// <param name="path">Below <c>/scim/v2</c>.</param>
        public async Task<ScimResponse> ScimAsync(
            string method, string path, string? json = null, string? ifMatch = null, string? ifNoneMatch = null,
            string contentType = "application/scim+json")
        {
            using var request = new HttpRequestMessage(new(method), $"/scim/v2{path}");
            if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, contentType);
            request.Headers.ExpectContinue = json?.Length > 100_000; // else a refusal would cut the sending short
            if (ifMatch is not null) request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
            if (ifNoneMatch is not null) request.Headers.TryAddWithoutValidation("If-None-Match", ifNoneMatch);
            using var response = await client.SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();
            if ((int)response.StatusCode >= 500) StatementLog.ShowErrors();
            if (text.Length > 0) Assert.Equal("application/scim+json", response.Content.Headers.ContentType?.MediaType);
            return new(
                (int)response.StatusCode, text.Length > 0 ? JsonDocument.Parse(text).RootElement : default, response.Headers.ETag?.ToString());
        }

        /// <summary>The new user's id.</summary>
        public async Task<string> CreatedAsync(string userName, string more = "") =>
            (await client.ScimAsync("POST", "/Users", Person(userName, more))).Good(201).Id;
    }
}

internal sealed record ScimResponse(int Status, JsonElement Body, string? Tag)
{
    public string Id => Text("id")!;

    /// <summary>Status, kind and code of a failure, which must be one as SCIM writes it.</summary>
    public (int Status, string? Type, string? Code) Failure
    {
        get
        {
            Assert.Equal("urn:ietf:params:scim:api:messages:2.0:Error", Body.GetProperty("schemas")[0].GetString());
            Assert.Equal($"{Status}", Body.GetProperty("status").GetString());
            return (Status, Text("scimType"), Text("code"));
        }
    }

    public ScimResponse Good(int status = 200)
    {
        Assert.True(Status == status, $"{Status}: {(Body.ValueKind is JsonValueKind.Undefined ? "" : Body.GetRawText())}");
        return this;
    }

    /// <summary>By a path of members and places: <c>emails/0/value</c>. Null if the member is absent.</summary>
    public string? Text(string path)
    {
        var found = Body;
        foreach (var part in path.Split('/'))
        {
            if (found.ValueKind is JsonValueKind.Array)
            {
                if (int.Parse(part, null) >= found.GetArrayLength()) return null;
                found = found[int.Parse(part, null)];
            }
            else if (found.ValueKind is not JsonValueKind.Object || !found.TryGetProperty(part, out found))
            {
                return null;
            }
        }

        return found.ToString();
    }

    public List<string> Ids => [.. Body.GetProperty("Resources").EnumerateArray().Select(r => r.GetProperty("id").GetString()!)];

    public List<string> Members => [.. Body.GetProperty("members").EnumerateArray().Select(m => m.GetProperty("value").GetString()!)];
}
