using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Tokens;
using Platform.Contracts;

namespace Platform.Api.Access;

/// <summary>The scopes of which a route needs one, for its description.</summary>
internal sealed record NeededScopes(IReadOnlyList<string> Scopes);

/// <summary>Which tokens and keys count, and which scope opens which area.</summary>
internal static class Authentication
{
    /// <summary>The endpoint that routing chooses for a body of a type that the route does not take.</summary>
    private const string WrongMediaType = "415 HTTP Unsupported Media Type";

    extension(WebApplication app)
    {
        /// <summary>
        /// Nobody learns which media type a route takes before they have said who they are: that endpoint of routing
        /// knows nothing of the route's authorization.
        /// </summary>
        public void UseAuthenticationFirst() => app.Use((context, next) =>
            context.GetEndpoint()?.DisplayName == WrongMediaType
            && context.User.Identity is not { IsAuthenticated: true }
            && !context.Request.Path.StartsWithSegments("/public", StringComparison.Ordinal)
                ? context.ChallengeAsync()
                : next(context));
    }

    extension(WebApplicationBuilder builder)
    {
        public void AddAuthentication()
        {
            builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(options =>
            {
                options.ForwardDefaultSelector = ApiKeyAuthentication.SchemeFor;
                options.Authority = builder.Configuration["Identity:Issuer"];
                options.RequireHttpsMetadata = !builder.Environment.IsDevelopment();
                options.TokenHandlers.Clear();
                options.TokenHandlers.Add(new ValidatedTokens(TimeProvider.System) // as the library, whose clock cannot be set
                {
                    MapInboundClaims = false, // a claim is called what the token calls it
                });
                options.TokenValidationParameters = new()
                {
                    ValidTypes = ["at+jwt"], // by default an id token would pass as an access token
                    ValidAlgorithms =
                    [
                        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.EcdsaSha256,
                    ],
                    ValidAudience = Audiences.Api,
                    ValidIssuer = builder.Configuration["Identity:Issuer"],
                    ClockSkew = TimeSpan.FromSeconds(30), // five minutes by default
                };
            }).AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.Scheme, null);
            builder.Services.AddAuthorization();
        }
    }

    extension<TBuilder>(TBuilder routes) where TBuilder : IEndpointConventionBuilder
    {
        /// <summary>Needs a token with one of these scopes.</summary>
        public TBuilder RequireScope(params string[] scopes) => routes
            .WithMetadata(new NeededScopes(scopes))
            .RequireAuthorization(policy => policy
                .RequireAuthenticatedUser()
                .RequireAssertion(context => context.User.FindAll("scope")
                    .SelectMany(claim => claim.Value.Split(' ')) // one claim each, or one for all: both are usual
                    .Any(scopes.Contains)));

        /// <summary>Needs, besides the scope, to be platform staff.</summary>
        public TBuilder RequireStaff() => routes.RequireScope(Scopes.Platform).RequireAuthorization(
            policy => policy.RequireClaim(
                ClaimNames.PlatformRole, PlatformRoles.InternalAdmin, PlatformRoles.InternalViewer));
    }
}
