namespace Platform.AppHost.Servers;

/// <param name="Url"><c>smtp://host:port</c>, as <c>Mail:Url</c> takes it.</param>
/// <param name="Inbox">The process that receives mail; null when the mail server is somewhere else.</param>
internal sealed record MailServer(ReferenceExpression Url, IResourceBuilder<ExecutableResource>? Inbox);
