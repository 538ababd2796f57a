using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Platform.Portable.OpenIdConnect;

/// <summary>A web app with the stand-in as any app would use it, and nothing of ours beside it.</summary>
internal sealed class RelyingParty : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RelyingParty(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single();

    /// <summary>What the last sign-in was refused for.</summary>
    public Exception? Failure { get; private set; }

    public static async Task<RelyingParty> StartAsync(
        string authority, Action<OpenIdConnectOptions>? configure = null, string clientId = "app", string url = "http://127.0.0.1:0")
    {
        RelyingParty party = null!;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        builder.Services.AddAuthorization();
        builder.Services
            .AddAuthentication(options =>
            {
                options.DefaultScheme = "cookie";
                options.DefaultChallengeScheme = OpenIdConnectDefaults.AuthenticationScheme;
            })
            .AddCookie("cookie")
            .AddOpenIdConnect(options =>
            {
                options.Authority = authority;
                options.RequireHttpsMetadata = false;
                options.ClientId = clientId;
                options.ClientSecret = "secret";
                options.ResponseType = "code";
                options.ResponseMode = "query";
                options.MapInboundClaims = false;
                options.SaveTokens = true;
                options.Events.OnRemoteFailure = context =>
                {
                    party.Failure = context.Failure;
                    context.Response.StatusCode = StatusCodes.Status400BadRequest;
                    context.HandleResponse();
                    return Task.CompletedTask;
                };
                configure?.Invoke(options);
            });

        var app = builder.Build();
        party = new RelyingParty(app);
        app.MapGet("/me", async Task<Me> (HttpContext http) => new(
                http.User.Claims.ToLookup(c => c.Type).ToDictionary(c => c.Key, c => c.Select(v => v.Value).ToArray()),
                (await http.AuthenticateAsync()).Properties!.GetTokens().ToDictionary(t => t.Name, t => t.Value)))
            .RequireAuthorization();
        app.MapGet("/challenge", (HttpContext http, string? prompt) =>
        {
            var properties = new OpenIdConnectChallengeProperties { Prompt = prompt, MaxAge = TimeSpan.FromMinutes(5) };
            properties.Scope = ["openid", "extra"];
            properties.RedirectUri = "/me";
            return Results.Challenge(properties);
        });
        app.MapPost("/signout", () => Results.SignOut(
            new AuthenticationProperties { RedirectUri = "/bye" }, ["cookie", OpenIdConnectDefaults.AuthenticationScheme]));
        app.MapGet("/bye", () => "bye");
        app.MapGet("/", () => "home");
        await app.StartAsync();
        return party;
    }

    public static async Task<Me?> MeAsync(HttpResponseMessage response) => response.IsSuccessStatusCode
        ? JsonSerializer.Deserialize<Me>(await response.Content.ReadAsStringAsync(), JsonSerializerOptions.Web)
        : null;

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}

internal sealed record Me(Dictionary<string, string[]> Claims, Dictionary<string, string> Tokens);
