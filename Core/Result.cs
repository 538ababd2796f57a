using System.Diagnostics.CodeAnalysis;

namespace Platform.Core;

/// <summary>The value of an operation, or why it was refused.</summary>
public readonly struct Result<T>
{
    private readonly T? _value;

    private Result(T? value, Rejection? rejection) => (_value, Rejection) = (value, rejection);

    /// <summary>Null if the operation succeeded.</summary>
    public Rejection? Rejection { get; }

    /// <exception cref="InvalidOperationException">The operation was refused.</exception>
    public T Value => TryGet(out var value, out var rejection)
        ? value
        : throw new InvalidOperationException($"There is no value: {rejection.Code}.");

    public bool TryGet([MaybeNullWhen(false)] out T value, [NotNullWhen(false)] out Rejection? rejection)
    {
        (value, rejection) = (_value, Rejection);
        return rejection is null;
    }

    public static implicit operator Result<T>(T value) => new(value, null);

    public static implicit operator Result<T>(Rejection rejection) => new(default, rejection);
}

/// <summary>Makes results of interfaces, which no conversion can make.</summary>
public static class Result
{
    public static Result<T> Of<T>(T value) => value;
}
