using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Npgsql;
using Platform.Identity.Accounts;
using Platform.Identity.Clients;
using Platform.Identity.Engine;
using Platform.Identity.Factors;
using Platform.Identity.Http;
using Platform.Identity.Mails;
using Platform.Identity.Passwords;
using Platform.Identity.People;
using Platform.Identity.SignIn;
using Platform.Identity.Storage;
using Platform.Identity.TenantSwitch;
using Platform.Mail;
using Platform.ServiceDefaults.Clients;

namespace Platform.Identity;

/// <summary>Accounts and the OpenID Connect provider, wired together.</summary>
internal static class Provider
{
    private static readonly TimeSpan SessionIdle = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan SessionMax = TimeSpan.FromHours(12);
    private static readonly TimeSpan LockAfterFailures = TimeSpan.FromMinutes(15);
    private const int FailuresBeforeLock = 5;

    extension(WebApplicationBuilder builder)
    {
        public void AddAccounts()
        {
            builder.Services.AddIdentity<Account, IdentityRole<long>>(options =>
                {
                    options.Stores.SchemaVersion = IdentitySchemaVersions.Version3; // has passkeys
                    options.User.RequireUniqueEmail = true;
                    options.User.AllowedUserNameCharacters = ""; // the name is the e-mail address, in any script
                    options.Lockout.MaxFailedAccessAttempts = FailuresBeforeLock;
                    options.Lockout.DefaultLockoutTimeSpan = LockAfterFailures;
                    options.ClaimsIdentity.UserIdClaimType = "sub";
                    options.ClaimsIdentity.UserNameClaimType = "name";
                    options.ClaimsIdentity.EmailClaimType = "email";
                    options.ClaimsIdentity.RoleClaimType = "role";
                })
                .AddEntityFrameworkStores<IdentityDb>()
                .AddDefaultTokenProviders();

            builder.AddPasswords();
            builder.AddFactors(new(builder.Configuration["Identity:Issuer"]!));
            builder.Services.AddSingleton<ProtectedValues>();
            builder.Services.AddScoped<PendingSignIns>();
            builder.Services.AddScoped<KnownDevices>();
            builder.Services.AddScoped<SignInSteps>();
            builder.Services.AddScoped<EmailChanges>();
            builder.Services.AddScoped<FreshSession>();
            builder.Services.AddOptions<StaffSignInOptions>()
                .BindConfiguration(StaffSignInOptions.Section).ValidateOnStart();
            builder.Services.AddScoped<AccountLinks>();
            builder.Services.AddScoped<AccountMailTexts>();
            builder.AddMails();
            builder.Services.Configure<SecurityStampValidatorOptions>(options =>
            {
                options.ValidationInterval = TimeSpan.FromMinutes(5);
                options.OnRefreshingPrincipal = KeepSessionAsync;
            });
        }

        private void AddMails()
        {
            const string pool = "mails";
            var connectionString = StorageSetup.ForProcess(builder.Configuration.GetConnectionString(StorageSetup.Database));
            builder.Services.AddKeyedSingleton(pool, (_, _) => NpgsqlDataSource.Create(connectionString ?? ""));
            builder.Services.AddMailSender<AccountMailWriter>(services => new(
                services.GetRequiredKeyedService<NpgsqlDataSource>(pool), "account_mails", owner: "account_id", key: "id",
                keepsText: false));
        }

        private void AddPasswords()
        {
            builder.Services.AddOptions<BreachListOptions>()
                .BindConfiguration(BreachListOptions.Section).ValidateOnStart();
            builder.Services.AddSingleton<BreachedPasswords>();
            builder.Services.AddSingleton<PasswordRules>();
            builder.Services.AddScoped<IPasswordHasher<Account>, UnicodePasswordHasher>();
            builder.Services.AddScoped<Credentials>();
            builder.Services.AddScoped<PasswordChanges>();
        }

        private void AddFactors(Uri issuer)
        {
            builder.Services.AddSingleton<FactorSecrets>();
            builder.Services.AddSingleton<TotpOffers>();
            builder.Services.AddScoped<FactorChecks>();
            builder.Services.AddScoped<FactorProofs>();
            builder.Services.AddScoped<Passkeys>();
            builder.Services.AddScoped<SecondFactors>();
            builder.Services.Configure<IdentityPasskeyOptions>(options =>
            {
                options.ServerDomain = issuer.Host;
                options.ValidateOrigin = context => ValueTask.FromResult(
                    !context.CrossOrigin && context.Origin == issuer.GetLeftPart(UriPartial.Authority));
                options.UserVerificationRequirement = "required";
                options.ResidentKeyRequirement = "required"; // else the person would have to type who they are
            });
        }

        public void AddProvider(string issuer, ClientOptions clients)
        {
            builder.Services.AddSingleton(Catalogue.Of(clients, demo: builder.Environment.IsDevelopment()));
            builder.Services.AddScoped<PersonProfile>();
            builder.Services.AddScoped<TenantSwitcher>();
            builder.Services.AddScoped<LoginAudit>();
            builder.AddEngine(issuer);
            builder.AddCookies(new(issuer));
        }

        /// <summary>
        /// After the engine: IdentityServer makes the session's <c>SameSite=None </c>, for a frame that we do not
        /// have.
        /// </summary>
        private void AddCookies(Uri issuer)
        {
            var https = issuer.Scheme == Uri.UriSchemeHttps;

            builder.Services.ConfigureApplicationCookie(options =>
            {
                options.Cookie.Harden("id.session", secure: https || issuer.Host == "localhost");
                options.ExpireTimeSpan = SessionIdle;
                options.SlidingExpiration = true;
                options.Events.OnValidatePrincipal = ValidateSessionAsync;
            });

            // AddIdentity registers it for external sign-in; browsers warn about None without TLS.
            builder.Services.ConfigureExternalCookie(options => options.Cookie.SameSite = SameSiteMode.Lax);

            // The framework refuses to make a secure one on a plain connection, even to localhost.
            builder.Services.AddAntiforgery(options => options.Cookie.Harden("id.antiforgery", secure: https));
        }

        public void AddPeople(string issuer, ClientOptions clients)
        {
            builder.Services.AddSingleton(clients);
            builder.AddClientAuthentication(self =>
            {
                self.ClientId = Catalogue.SelfClientId;
                self.ClientSecret = clients.Self!.Secret;
            });
            builder.Services.AddSingleton<OwnToken>();
            builder.Services.AddHttpContextAccessor();
            builder.Services.AddMemoryCache();

            builder.Services.AddHostedService<ProfileSync>();
            builder.Services.AddHttpClient(OwnToken.HttpClientName, client => client.BaseAddress = new($"{issuer}/"));
            builder.Services.AddHttpClient<Invitations>(client =>
            {
                client.BaseAddress = new("https+http://api");
                client.Timeout = Invitations.Timeout;
            });
            builder.Services.AddHttpClient<SignUps>(client =>
            {
                client.BaseAddress = new("https+http://api");
                client.Timeout = SignUps.Timeout;
            });
            builder.Services.AddHttpClient<SignInBrands>(client =>
            {
                client.BaseAddress = new("https+http://api");
                client.Timeout = SignInBrands.Timeout;
            });
            builder.Services.AddHttpClient<PersonDirectory>(client =>
            {
                client.BaseAddress = new("https+http://api");
                client.Timeout = PersonDirectory.Timeout;
            });
        }
    }

    /// <summary>The principal is made again from the account; claims that only the session has are copied.</summary>
    private static Task KeepSessionAsync(SecurityStampRefreshingPrincipalContext context)
    {
        var made = (ClaimsIdentity)context.NewPrincipal!.Identity!;
        made.AddClaims(context.CurrentPrincipal!.Claims.Where(claim => !made.HasClaim(known => known.Type == claim.Type)).ToList());
        return Task.CompletedTask;
    }

    /// <summary>However busy it is, a session ends; and with the security stamp it was opened under.</summary>
    private static async Task ValidateSessionAsync(CookieValidatePrincipalContext context)
    {
        var now = context.HttpContext.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();

        if (long.TryParse(context.Principal?.FindFirst("auth_time")?.Value, out var signedIn)
            && now - DateTimeOffset.FromUnixTimeSeconds(signedIn) > SessionMax)
        {
            context.RejectPrincipal();
            return;
        }

        await SecurityStampValidator.ValidatePrincipalAsync(context);
    }
}
