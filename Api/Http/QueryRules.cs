using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing.Patterns;
using NodaTime.Text;
using Platform.Contracts;

namespace Platform.Api.Http;

/// <summary>On the type of a parameter that has a few values.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class OneOfAttribute(params string[] values) : Attribute
{
    public string Values => string.Join(", ", values);
}

/// <summary>
/// The query parameters of an endpoint, as its handler names them. Others are refused, as are repeated and blank ones,
/// and numbers, dates and flags that are written in an unusual way.
/// </summary>
internal sealed class QueryRules
{
    /// <param name="Rules">Of a text; those of other types are checked when they have been read.</param>
    private sealed record Parameter(
        string Name, Type Type, bool IsList, bool IsNeeded, bool MayBeBlank, MethodInfo? Parse, ValidationAttribute[] Rules);

    private readonly Dictionary<string, Parameter> _parameters;

    private QueryRules(IEnumerable<Parameter> parameters) =>
        _parameters = parameters.ToDictionary(p => p.Name, StringComparer.OrdinalIgnoreCase); // as they are bound

    /// <summary>Adds the rules to every endpoint of a group. FHIR's own searches have rules of their own.</summary>
    public static void AddTo(EndpointBuilder endpoint)
    {
        if (endpoint is not RouteEndpointBuilder { RoutePattern: var route }
            || endpoint.Metadata.OfType<MethodInfo>().FirstOrDefault() is not { } handler
            || route.RawText?.Contains("/fhir/", StringComparison.Ordinal) is true)
        {
            return;
        }

        endpoint.Metadata.Add(new QueryRules(handler.GetParameters().SelectMany(p => ParametersOf(p, route))));
    }

    /// <summary>What is wrong with the query of a request.</summary>
    /// <param name="isBound">
    /// Whether the framework has read all parameters; else those that it cannot read are among the errors.
    /// </param>
    public IReadOnlyList<FieldError> Errors(HttpRequest request, bool isBound = true)
    {
        List<FieldError> errors = [];
        foreach (var (name, values) in request.Query)
        {
            if (!_parameters.TryGetValue(name, out var parameter))
            {
                errors.Add(new(name, FieldCodes.Unknown, $"The query parameter {name} does not exist."));
            }
            else if (values.Count > 1 && !parameter.IsList)
            {
                errors.Add(new(parameter.Name, FieldCodes.Repeated, $"{parameter.Name} may be given once."));
            }
            else
            {
                errors.AddRange(
                    values.Select(value => ErrorOf(parameter, value ?? "", isBound)).OfType<FieldError>().Take(1));
            }
        }

        if (isBound) return errors;

        errors.AddRange(
            from parameter in _parameters.Values
            where parameter.IsNeeded && !request.Query.ContainsKey(parameter.Name)
            select new FieldError(parameter.Name, FieldCodes.Required, $"{parameter.Name} is required."));
        return errors;
    }

    private static FieldError? ErrorOf(Parameter parameter, string value, bool isBound)
    {
        var (name, type) = (parameter.Name, parameter.Type);
        if (string.IsNullOrWhiteSpace(value))
        {
            return parameter.MayBeBlank ? null : new(name, FieldCodes.Blank, $"{name} may not be blank.");
        }

        if (value.Any(char.IsControl))
        {
            return new(name, FieldCodes.ControlCharacter, $"{name} may hold no control characters.");
        }

        var isUsual = type == typeof(long) || type == typeof(int) ? PlainNumber.IsPlain(value)
            : type == typeof(bool) ? value.ToUpperInvariant() is "TRUE" or "FALSE"
            : type != typeof(DateOnly) || LocalDatePattern.Iso.Parse(value).Success;
        if (!isUsual || !(isBound || IsReadable(parameter, value)))
        {
            var choices = type.GetCustomAttribute<OneOfAttribute>()?.Values;
            return new(name, FieldCodes.Invalid, choices is null ? $"{name} cannot be read." : $"{name} is one of {choices}.");
        }

        return parameter.Rules.FirstOrDefault(rule => !rule.IsValid(value)) is { } broken
            ? new(name, RequestValidation.CodeOf(broken), broken.FormatErrorMessage(name))
            : null;
    }

    private static bool IsReadable(Parameter parameter, string value)
    {
        if (parameter.Parse is null) return true;

        object?[] arguments = parameter.Parse.GetParameters().Length == 3
            ? [value, CultureInfo.InvariantCulture, null]
            : [value, null];
        return (bool)parameter.Parse.Invoke(null, arguments)!;
    }

    /// <param name="property">Of the record whose parameter it is; it bears the rules.</param>
    private static IEnumerable<Parameter> ParametersOf(
        ParameterInfo parameter, RoutePattern route, PropertyInfo? property = null)
    {
        if (parameter.GetCustomAttribute<AsParametersAttribute>() is null)
        {
            var (name, type) = (parameter.Name!, parameter.ParameterType);
            var isOptional = parameter.HasDefaultValue || MayBeNull(type, new NullabilityInfoContext().Create(parameter));
            return ParameterOf(name, type, isOptional, parameter, route, property);
        }

        var record = parameter.ParameterType;
        var members = record.GetConstructors().MaxBy(c => c.GetParameters().Length)!.GetParameters();
        return members.Length > 0
            ? members.SelectMany(p => ParametersOf(p, route, record.GetProperty(p.Name!)))
            : record.GetProperties().Where(p => p.CanWrite).SelectMany(p => ParameterOf(
                p.Name, p.PropertyType, MayBeNull(p.PropertyType, new NullabilityInfoContext().Create(p)), p, route));
    }

    private static IEnumerable<Parameter> ParameterOf(
        string name, Type declared, bool isOptional, ICustomAttributeProvider attributes, RoutePattern route,
        PropertyInfo? property = null)
    {
        var marks = attributes.GetCustomAttributes(true);
        var query = marks.OfType<FromQueryAttribute>().FirstOrDefault();
        var isElsewhere = marks.Any(mark => mark is FromHeaderAttribute or FromBodyAttribute or FromRouteAttribute);
        var item = declared.IsArray ? declared.GetElementType()! : declared;
        var type = Nullable.GetUnderlyingType(item) ?? item;
        var parse = ParserOf(type);
        var isBoundByName = !IsInRoute(name, route) && (type == typeof(string) || parse is not null);
        if (isElsewhere || (query is null && !isBoundByName)) yield break;

        ValidationAttribute[] rules = type == typeof(string)
            ? [.. (property ?? attributes).GetCustomAttributes(true).OfType<ValidationAttribute>()]
            : [];
        yield return new(
            query?.Name ?? name, type, declared.IsArray, !isOptional && !declared.IsArray,
            marks.OfType<FreeTextAttribute>().Any(), parse, rules);
    }

    private static bool IsInRoute(string name, RoutePattern route) =>
        route.Parameters.Any(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static bool MayBeNull(Type type, NullabilityInfo nullability) =>
        Nullable.GetUnderlyingType(type) is not null || nullability.WriteState is NullabilityState.Nullable;

    private static MethodInfo? ParserOf(Type type) =>
        type.GetMethod("TryParse", [typeof(string), typeof(IFormatProvider), type.MakeByRefType()])
        ?? type.GetMethod("TryParse", [typeof(string), type.MakeByRefType()]);
}

internal static class QueryRuleRoutes
{
    extension(RouteGroupBuilder group)
    {
        public RouteGroupBuilder WithQueryRules()
        {
            ((IEndpointConventionBuilder)group).Add(QueryRules.AddTo);
            return group;
        }
    }
}
