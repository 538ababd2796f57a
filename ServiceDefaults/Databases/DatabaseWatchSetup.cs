using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Platform.ServiceDefaults.Databases;

public static class DatabaseWatchSetup
{
    public const string RetryAfterSeconds = "5";

    extension(IHostApplicationBuilder builder)
    {
        /// <summary>Watches the servers of these connection strings; <c>/health</c> reports the result.</summary>
        public void AddDatabaseWatch(params string[] connectionStrings)
        {
            builder.Services.AddSingleton(services => new DatabaseWatch(
                connectionStrings.Select(name => builder.Configuration.GetConnectionString(name)).OfType<string>(),
                services.GetRequiredService<ILogger<DatabaseWatch>>()));
            builder.Services.AddHostedService(services => services.GetRequiredService<DatabaseWatch>());
            builder.Services.AddHealthChecks().AddCheck<DatabaseWatch>("postgres");
        }
    }

    extension(WebApplication app)
    {
        /// <summary>
        /// Answers 503 while PostgreSQL is unavailable: at once to new requests, and as soon as it is known to those
        /// that wait for a statement. Their work ends when Npgsql gives up; what it still says goes nowhere.
        /// </summary>
        /// <param name="refuseAsync">Writes the body; the status and <c>Retry-After</c> are set.</param>
        public void UseDatabaseWatch(Func<HttpContext, Task> refuseAsync)
        {
            var watch = app.Services.GetRequiredService<DatabaseWatch>();
            app.UseWhen(
                context => context.Request.Path.Value is not (Extensions.HealthPath or Extensions.AlivePath),
                branch => branch.Use(async (context, next) =>
                {
                    var away = watch.WhenAway;
                    if (away.IsCompleted)
                    {
                        await RefuseAsync(context, refuseAsync);
                        return;
                    }

                    var work = next(context);
                    if (!work.IsCompleted && await Task.WhenAny(work, away) == away && !context.Response.HasStarted)
                    {
                        context.Response.Headers.Connection = "close"; // this one is taken until the work ends
                        await RefuseAsync(context, refuseAsync);
                        await context.Response.CompleteAsync();
                        await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                        return;
                    }

                    await work;
                }));
        }
    }

    private static Task RefuseAsync(HttpContext context, Func<HttpContext, Task> refuseAsync)
    {
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.RetryAfter = RetryAfterSeconds;
        return refuseAsync(context);
    }
}
