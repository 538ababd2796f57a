using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using MimeKit;

namespace Platform.Mail;

public static class MailServices
{
    /// <summary>Sends what is owed in a table, as the writer says it.</summary>
    public static IServiceCollection AddMailSender<TWriter>(
        this IServiceCollection services, Func<IServiceProvider, MailTable> table)
        where TWriter : class, IMailWriter
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IValidateOptions<MailOptions>, MailOptionsValidator>();
        services.AddOptions<MailOptions>().BindConfiguration(MailOptions.Section)
            .Validate(
                options => MailUrls.IsValid(options.Url),
                "Mail:Url must be smtp://[user:password@]host[:port] or smtps://[user:password@]host[:port].")
            .Validate(
                options => MailboxAddress.TryParse(options.From, out _),
                "Mail:From must be an address, with or without a name.")
            .Validate<IHostEnvironment>(
                (options, environment) => !options.PasswordWithoutTls || environment.IsDevelopment(),
                "Mail:PasswordWithoutTls is for Development only.")
            .ValidateOnStart();
        services.AddSingleton<SmtpTransport>();
        services.AddSingleton(table);
        services.AddScoped<TWriter>();
        services.AddSingleton<MailSender<TWriter>>();
        services.AddHostedService(provider => provider.GetRequiredService<MailSender<TWriter>>());
        return services;
    }
}
