namespace Aspire.Hosting.ApplicationModel;

/// <summary>A Redis server; the portable host runs the one that is installed on the machine, without TLS.</summary>
public class RedisResource(string name) : ContainerResource(name), IResourceWithConnectionString
{
    internal const string EndpointName = "tcp";

    public RedisResource(string name, ParameterResource password) : this(name) => PasswordParameter = password;

    public EndpointReference PrimaryEndpoint => field ??= new(this, EndpointName);
    public EndpointReferenceExpression Host => PrimaryEndpoint.Property(EndpointProperty.Host);
    public EndpointReferenceExpression Port => PrimaryEndpoint.Property(EndpointProperty.Port);
    public ParameterResource? PasswordParameter { get; private set; }
    public bool TlsEnabled => PrimaryEndpoint.TlsEnabled;

    public ReferenceExpression ConnectionStringExpression => PasswordParameter is { } password
        ? ReferenceExpression.Create($"{Host}:{Port},password={password}") : ReferenceExpression.Create($"{Host}:{Port}");

    public ReferenceExpression UriExpression => PasswordParameter is { } password
        ? ReferenceExpression.Create($"redis://:{password:uri}@{Host}:{Port}") : ReferenceExpression.Create($"redis://{Host}:{Port}");

    public ValueTask<string?> GetConnectionStringAsync(CancellationToken cancellationToken = default) =>
        ConnectionStringExpression.GetValueAsync(cancellationToken);

    IEnumerable<KeyValuePair<string, ReferenceExpression>> IResourceWithConnectionString.GetConnectionProperties()
    {
        yield return new("Host", ReferenceExpression.Create($"{Host}"));
        yield return new("Port", ReferenceExpression.Create($"{Port}"));

        if (PasswordParameter is { } password) yield return new("Password", ReferenceExpression.Create($"{password}"));

        yield return new("Uri", UriExpression);
    }

    internal void SetPassword(ParameterResource? password) => PasswordParameter = password;

    /// <summary>Seconds and number of changes after which a snapshot is written; none without.</summary>
    internal (long Seconds, long Changes)? Snapshots { get; set; }
}
