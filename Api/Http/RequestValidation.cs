using System.Collections;
using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using Platform.Contracts;

namespace Platform.Api.Http;

/// <summary>Values of an address that belong together and say themselves what is wrong with them.</summary>
internal interface ICheckedQuery
{
    IEnumerable<FieldError> Faults();
}

/// <summary>
/// Checks the attributes of an endpoint's parameters and of the records in them before the endpoint runs. (The
/// framework's own validation looks at the project's types only and answers in a shape that is not ours.)
/// </summary>
internal static class RequestValidation
{
    private static readonly NullabilityInfoContext Nullability = new();

    /// <summary>What is checked of a type of ours: looked up once, since attributes are slow to read.</summary>
    private static readonly ConcurrentDictionary<Type, Member[]> Members = new();

    private sealed record Member(string Name, PropertyInfo Property, ValidationAttribute[] Rules);

    public static EndpointFilterDelegate Create(EndpointFilterFactoryContext endpoint, EndpointFilterDelegate next)
    {
        var parameters = endpoint.MethodInfo.GetParameters();
        var rules = parameters
            .Select(p => p.GetCustomAttributes<ValidationAttribute>().ToArray())
            .ToArray();

        return async context =>
        {
            List<FieldError> errors = [];
            for (var i = 0; i < parameters.Length; i++)
            {
                var (name, value) = (parameters[i].Name!, context.Arguments[i]);
                Check(name, value, rules[i], errors);
                if (value is not null) CheckMembers(value, "", errors);
                if (value is ICheckedQuery query) errors.AddRange(query.Faults());
            }

            return errors.Count == 0 ? await next(context) : TypedResults.Problem(Problems.Invalid(errors));
        };
    }

    /// <summary>What is wrong with a request that came another way than as a body.</summary>
    public static IReadOnlyList<FieldError> Check(object request)
    {
        List<FieldError> errors = [];
        CheckMembers(request, "", errors);
        return errors;
    }

    private static void Check(
        string field, object? value, IEnumerable<ValidationAttribute> rules, List<FieldError> errors)
    {
        errors.AddRange(
            from rule in rules
            where !rule.IsValid(value)
            select new FieldError(field, CodeOf(rule), rule.FormatErrorMessage(field)));
    }

    private static void CheckMembers(object value, string path, List<FieldError> errors)
    {
        if (value is IEnumerable items and not string)
        {
            foreach (var (item, i) in items.Cast<object?>().Select((item, i) => (item, i)))
            {
                if (item is null) errors.Add(NotNull($"{path}[{i}]"));
                else CheckMembers(item, $"{path}[{i}]", errors);
            }

            return;
        }

        foreach (var member in Members.GetOrAdd(value.GetType(), MembersOf))
        {
            var field = path.Length == 0 ? member.Name : $"{path}.{member.Name}";
            var content = member.Property.GetValue(value);

            if (content is IOptional optional)
            {
                if (!optional.HasValue) continue;

                content = optional.Value;
                if (content is null && !MayBeNull(member.Property)) errors.Add(NotNull(field));
                if (content is null) continue;
            }

            Check(field, content, member.Rules, errors);
            if (content is not null) CheckMembers(content, field, errors);
        }
    }

    private static Member[] MembersOf(Type type) =>
        type.Namespace?.StartsWith("Platform.Contracts", StringComparison.Ordinal) is true
            ? [.. type.GetProperties().Select(property => new Member(
                JsonNamingPolicy.CamelCase.ConvertName(property.Name),
                property,
                [.. property.GetCustomAttributes<ValidationAttribute>()]))]
            : [];

    private static FieldError NotNull(string field) => new(field, "REQUIRED", $"The field {field} may not be null.");

    /// <summary>Whether an <see cref="Optional{T}"/> is one of <c>T?</c>.</summary>
    internal static bool MayBeNull(PropertyInfo property)
    {
        lock (Nullability) // the context remembers what it found, and is not made for many at once
        {
            return Nullability.Create(property).GenericTypeArguments[0].ReadState == NullabilityState.Nullable;
        }
    }

    private static string CodeOf(ValidationAttribute rule) => rule switch
    {
        RequiredAttribute => "REQUIRED",
        StringLengthAttribute or MaxLengthAttribute or MinLengthAttribute => "LENGTH",
        RangeAttribute => "RANGE",
        _ => "FORMAT",
    };
}
