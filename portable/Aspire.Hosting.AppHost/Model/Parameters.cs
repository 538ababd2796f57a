using System.Security.Cryptography;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A value that comes from outside: configuration <c>Parameters:name</c>, or else its default.</summary>
public class ParameterResource(string name, Func<ParameterDefault?, string> callback, bool secret = false)
    : Resource(name), IExpressionValue
{
    private readonly Lock _once = new();
    private string? _value;

    public ParameterDefault? Default { get; set; }
    public bool Secret { get; } = secret;
    public bool IsConnectionString { get; set; }
    public string? Description { get; set; }
    public bool EnableDescriptionMarkdown { get; set; }
    public string ValueExpression => $"{{{Name}.value}}";

    /// <exception cref="MissingParameterValueException">Neither configuration nor a default holds it.</exception>
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default)
    {
        lock (_once)
        {
            return ValueTask.FromResult<string?>(_value ??= callback(Default));
        }
    }
}

/// <summary>A whole connection string from configuration <c>ConnectionStrings:name</c>.</summary>
internal sealed class ConnectionStringParameterResource(
    string name, Func<ParameterDefault?, string> callback, string? environmentVariableName)
    : ParameterResource(name, callback, secret: true), IResourceWithConnectionString
{
    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"{new Value(this)}");

    public string? ConnectionStringEnvironmentVariable => environmentVariableName;

    /// <summary>The parameter without its second face, for which the expression would be itself.</summary>
    private sealed class Value(ParameterResource parameter) : IExpressionValue
    {
        public string ValueExpression => parameter.ValueExpression;

        public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) =>
            parameter.GetValueAsync(cancellationToken);
    }
}

public abstract class ParameterDefault
{
    public abstract string GetDefaultValue();
}

/// <summary>A random value, each time another. The stand-in always uses the cryptographic generator.</summary>
public sealed class GenerateParameterDefault : ParameterDefault
{
    // Letters that people confuse (I, l, O, 0, 1) are left out.
    private const string LowerLetters = "abcdefghijkmnpqrstuvwxyz";
    private const string UpperLetters = "ABCDEFGHJKMNPQRSTUVWXYZ";
    private const string Digits = "23456789";
    private const string Signs = "-_.{}~()*+!";

    public int MinLength { get; set; } = 22;
    public bool Lower { get; set; } = true;
    public bool Upper { get; set; } = true;
    public bool Numeric { get; set; } = true;
    public bool Special { get; set; } = true;
    public int MinLower { get; set; }
    public int MinUpper { get; set; }
    public int MinNumeric { get; set; }
    public int MinSpecial { get; set; }

    public override string GetDefaultValue()
    {
        (bool Wanted, int Min, string Letters)[] kinds =
            [(Lower, MinLower, LowerLetters), (Upper, MinUpper, UpperLetters), (Numeric, MinNumeric, Digits), (Special, MinSpecial, Signs)];

        var all = string.Concat(kinds.Where(kind => kind.Wanted).Select(kind => kind.Letters));
        var letters = kinds.Where(kind => kind.Wanted && kind.Min > 0)
            .SelectMany(kind => RandomNumberGenerator.GetItems<char>(kind.Letters, kind.Min)).ToList();

        letters.AddRange(RandomNumberGenerator.GetItems<char>(all, Math.Max(0, MinLength - letters.Count)));
        var value = letters.ToArray();
        RandomNumberGenerator.Shuffle(value.AsSpan());

        return new(value);
    }
}

public sealed class MissingParameterValueException : DistributedApplicationException
{
    public MissingParameterValueException(string message) : base(message)
    {
    }

    public MissingParameterValueException(string message, Exception innerException) : base(message, innerException)
    {
    }

    public MissingParameterValueException()
    {
    }
}
