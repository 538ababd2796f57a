namespace Aspire.Hosting.ApplicationModel;

/// <summary>A value that is known once what it speaks of is: a port, a password, a connection string.</summary>
public interface IValueProvider
{
    ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default);

    ValueTask<string?> GetValueAsync(ValueProviderContext context, CancellationToken cancellationToken = default) =>
        GetValueAsync(cancellationToken);
}

public class ValueProviderContext
{
    public DistributedApplicationExecutionContext? ExecutionContext { get; init; }
    public IResource? Caller { get; init; }
}

/// <summary>How a value is written in a manifest.</summary>
public interface IManifestExpressionProvider
{
    string ValueExpression { get; }
}

public interface IExpressionValue : IValueProvider, IManifestExpressionProvider;

public interface IValueWithReferences
{
    IEnumerable<object> References { get; }
}
