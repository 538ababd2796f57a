using System.Net.Mail;
using System.Text;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Platform.Api.Audit;
using Platform.Api.Bookings;
using Platform.Api.Calendars;
using Platform.Api.Changes;
using Platform.Api.Clients;
using Platform.Api.Fhir;
using Platform.Api.Http;
using Platform.Api.Licensing;
using Platform.Api.Messages;
using Platform.Api.Operations;
using Platform.Api.People;
using Platform.Api.Public;
using Platform.Api.Tenants;
using Platform.Contracts;
using Platform.Core.Billing;
using Platform.Core.Reports;
using Platform.Core.Storage;
using Platform.ServiceDefaults.Clients;
using Platform.ServiceDefaults.Databases;

namespace Platform.Api;

/// <summary>What <c>Program.cs</c> names in one word each.</summary>
internal static class Setup
{
    extension(WebApplicationBuilder builder)
    {
        public string ConnectionString(string name) =>
            builder.Configuration.GetConnectionString(name)
            ?? throw new InvalidOperationException($"The connection string '{name}' is missing.");

        /// <summary>The owner of a database, which may change its tables.</summary>
        public string OwnerConnectionString(string name) => builder.ConnectionString(DatabaseSetup.OwnerOf(name));

        /// <summary>
        /// The databases as the login that may change no table, and Redis, which the process can do without.
        /// </summary>
        public void AddStorage()
        {
            builder.Services.AddStorage(
                builder.ConnectionString(Databases.Platform), builder.ConnectionString(Databases.Tenant));

            // Retries would run a whole transaction twice; who may do that is decided where it is known to be safe.
            builder.EnrichNpgsqlDbContext<PlatformDb>(settings => settings.DisableRetry = settings.DisableHealthChecks = true);
            builder.EnrichNpgsqlDbContext<EventsDb>(settings => settings.DisableRetry = settings.DisableHealthChecks = true);
            builder.AddRedisClient("redis", settings => settings.DisableHealthChecks = true);
            builder.AddDatabaseWatch(Databases.Platform, Databases.Tenant);
        }

        /// <summary>Identity, which has the accounts.</summary>
        public void AddAccounts()
        {
            builder.AddClientAuthentication(options => options.ClientId = "api");
            builder.Services.AddSingleton<AccountsToken>();
            builder.Services.AddHttpClient<Accounts>(ToIdentity);
            builder.Services.AddHttpClient<IdentityProviderClient>(ToIdentity);

            static void ToIdentity(HttpClient client)
            {
                client.BaseAddress = new("https+http://identity");
                client.Timeout = Accounts.Timeout;
            }
        }

        public void AddModules() => builder.Services
            .AddSingleton(TimeProvider.System)
            .AddSingleton<LocalCache>()
            .AddTenantsModule()
            .AddPeopleModule()
            .AddLicensingModule()
            .AddAuditModule()
            .AddOperationsModule()
            .AddBookingsModule()
            .AddClientsModule()
            .AddChangesModule()
            .AddPublicModule()
            .AddFhirModule()
            .AddScoped<ReportQuery>()
            .AddScoped<UtilisationQuery>()
            .AddScoped<MessageTexts>()
            .AddSingleton<BillingQuery>()
            .AddSingleton<UsageCheck>()
            .AddSingleton<FeedAnswers>()
            .AddSingleton<BillingMonths>()
            .AddSingleton<IValidateOptions<OrganizerOptions>, OrganizerOptionsValidator>()
            .AddOptions<OrganizerOptions>().BindConfiguration(OrganizerOptions.Section)
            .Validate(
                options => MailAddress.TryCreate(options.From, out _), "Mail:From must be an address, with or without a name.")
            .ValidateOnStart();

        public void AddHttp()
        {
            builder.WebHost.ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Limits.MaxRequestBodySize = RequestGuard.MaxBody;
            });
            Encoding.RegisterProvider(CodePagesEncodingProvider.Instance); // charsets of older programs
            builder.Services
                .AddSingleton<IProblemDetailsWriter, ProblemWriter>() // before the framework's own, which is asked next
                .AddProblemDetails()
                .AddExceptionHandler<ProblemExceptions>()
                .Configure<JsonOptions>(json => PlatformJson.Configure(json.SerializerOptions))
                .Configure<RouteOptions>(routes =>
                {
                    routes.SetParameterPolicy<PlainNumberConstraint>("long");
                    routes.SetParameterPolicy<PlainNumberConstraint>("int");
                })
                .Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true); // else 400 has no body
        }
    }

    extension(WebApplication app)
    {
        /// <summary>Every failure is answered with a problem document.</summary>
        public void UseProblems()
        {
            app.UseExceptionHandler();
            app.UseStatusCodePages();
            app.UseDatabaseWatch(context => context.WriteAsync(Problems.Unavailable()));
            app.Use(RequestGuard.InvokeAsync);
        }
    }
}
