using Platform.AppHost.Servers;

namespace Aspire.Hosting;

internal static class MailServerExtensions
{
    /// <summary>
    /// In Development an inbox for every mail that the platform sends: SMTP in, a web page out, and nothing leaves the
    /// machine. A deployment sets the parameter <c>mail-url</c>.
    /// </summary>
    public static MailServer AddMailServer(this IDistributedApplicationBuilder builder, string name)
    {
        if (builder.ExecutionContext.IsPublishMode)
        {
            var url = builder.AddParameter($"{name}-url", secret: true); // it may hold a password
            return new(ReferenceExpression.Create($"{url}"), null);
        }

        var inbox = builder.AddExecutable(name, "node", "mail", "node_modules/maildev/bin/maildev")
            .WithEnvironment("MAILDEV_IP", "127.0.0.1")
            .WithEnvironment("MAILDEV_WEB_IP", "127.0.0.1")
            .WithEndpoint(name: "smtp", scheme: "smtp", env: "MAILDEV_SMTP_PORT")
            .WithHttpEndpoint(port: 5106, name: "http", env: "MAILDEV_WEB_PORT")
            .WithPage("Mail inbox")
            .WithHttpHealthCheck("/healthz")
            .RestartAfterCrash();

        return new(ReferenceExpression.Create($"{inbox.GetEndpoint("smtp")}"), inbox);
    }

    public static IResourceBuilder<ProjectResource> WithMail(this IResourceBuilder<ProjectResource> process, MailServer mail)
    {
        process.WithEnvironment("Mail__Url", mail.Url);
        return mail.Inbox is { } inbox ? process.WaitFor(inbox) : process;
    }
}
