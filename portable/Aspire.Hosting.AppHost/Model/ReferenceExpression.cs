using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A text with holes whose values are known later. The format <c>uri</c> percent-encodes a hole.</summary>
public class ReferenceExpression : IExpressionValue, IValueWithReferences
{
    public static readonly ReferenceExpression Empty = new("", [], []);

    private ReferenceExpression(string format, IValueProvider[] valueProviders, string?[] stringFormats)
    {
        Format = format;
        ValueProviders = valueProviders;
        StringFormats = stringFormats;
    }

    public string Format { get; }
    public IReadOnlyList<IValueProvider> ValueProviders { get; }
    public IReadOnlyList<string?> StringFormats { get; }

    public IReadOnlyList<string> ManifestExpressions =>
        [.. ValueProviders.Select(provider => ((IManifestExpressionProvider)provider).ValueExpression)];

    public string ValueExpression =>
        string.Format(CultureInfo.InvariantCulture, Format, [.. ManifestExpressions]);

    IEnumerable<object> IValueWithReferences.References => ValueProviders;

    public static ReferenceExpression Create(in ExpressionInterpolatedStringHandler handler) => handler.GetExpression();

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) =>
        GetValueAsync(new ValueProviderContext(), cancellationToken);

    public async ValueTask<string?> GetValueAsync(ValueProviderContext context, CancellationToken cancellationToken = default)
    {
        if (Format.Length == 0) return null;

        var values = new object?[ValueProviders.Count];

        for (var i = 0; i < values.Length; i++)
        {
            var value = await ValueProviders[i].GetValueAsync(context, cancellationToken);
            values[i] = StringFormats[i] == "uri" && value is not null ? Uri.EscapeDataString(value) : value;
        }

        return string.Format(CultureInfo.InvariantCulture, Format, values);
    }

    [InterpolatedStringHandler]
    public ref struct ExpressionInterpolatedStringHandler(int literalLength, int formattedCount)
    {
        private readonly ReferenceExpressionBuilder _builder = new(literalLength, formattedCount);

        public readonly void AppendLiteral(string value) => _builder.AppendLiteral(value);

        public readonly void AppendFormatted(string? value) => _builder.AppendFormatted(value);

        public readonly void AppendFormatted<T>(T valueProvider) where T : IValueProvider, IManifestExpressionProvider =>
            _builder.AppendValueProvider(valueProvider, null);

        public readonly void AppendFormatted<T>(T valueProvider, string? format)
            where T : IValueProvider, IManifestExpressionProvider => _builder.AppendValueProvider(valueProvider, format);

        public readonly void AppendFormatted<T>(IResourceBuilder<T> valueProvider)
            where T : IResource, IValueProvider, IManifestExpressionProvider =>
            _builder.AppendValueProvider(valueProvider.Resource, null);

        public readonly void AppendFormatted<T>(IResourceBuilder<T> valueProvider, string? format)
            where T : IResource, IValueProvider, IManifestExpressionProvider =>
            _builder.AppendValueProvider(valueProvider.Resource, format);

        internal readonly ReferenceExpression GetExpression() => _builder.Build();
    }

    internal static ReferenceExpression From(StringBuilder format, List<(IValueProvider Provider, string? Format)> holes) =>
        new(format.ToString(), [.. holes.Select(hole => hole.Provider)], [.. holes.Select(hole => hole.Format)]);
}

/// <summary>Builds a <see cref="ReferenceExpression"/> piece by piece.</summary>
public class ReferenceExpressionBuilder
{
    private readonly StringBuilder _format;
    private readonly List<(IValueProvider Provider, string? Format)> _holes;

    public ReferenceExpressionBuilder() : this(0, 0)
    {
    }

    internal ReferenceExpressionBuilder(int literalLength, int formattedCount)
    {
        _format = new(literalLength + formattedCount * 3);
        _holes = new(formattedCount);
    }

    public bool IsEmpty => _format.Length == 0;

    public void AppendLiteral(string value) => _format.Append(value.Replace("{", "{{").Replace("}", "}}"));

    public void AppendFormatted(string? value) => AppendLiteral(value ?? "");

    public void AppendFormatted<T>(T valueProvider) where T : IValueProvider, IManifestExpressionProvider =>
        AppendValueProvider(valueProvider, null);

    public ReferenceExpression Build() => ReferenceExpression.From(_format, _holes);

    internal void AppendValueProvider<T>(T valueProvider, string? format) where T : IValueProvider
    {
        _format.Append(CultureInfo.InvariantCulture, $"{{{_holes.Count}}}");
        _holes.Add((valueProvider, format));
    }
}
