using System.Reflection;
using System.Runtime.CompilerServices;

namespace Deployment.Api.Tests.Api;

/// <summary>
/// The compiler's notes on where null may be: one byte for each reference in a type, outermost first, or one for all of them.
/// The framework's reader of these notes can't tell <c>T</c> from <c>T?</c> where T may be anything; this one can.
/// </summary>
internal sealed class NullableFlags
{
    private const byte MayBeNull = 2;
    private readonly byte[] _flags;
    private int _next;

    private NullableFlags(byte[] flags) => _flags = flags;

    /// <summary>No notes: nothing is marked.</summary>
    internal static NullableFlags None => new([0]);

    internal static NullableFlags Of(MemberInfo member) => new(member.GetCustomAttribute<NullableAttribute>()?.NullableFlags ?? [Context(member)]);

    internal static NullableFlags Of(ParameterInfo parameter) => new(parameter.GetCustomAttribute<NullableAttribute>()?.NullableFlags ?? [Context(parameter.Member)]);

    /// <summary>What a type parameter says of itself.</summary>
    internal static byte Of(Type typeParameter) =>
        typeParameter.GetCustomAttribute<NullableAttribute>()?.NullableFlags[0] ?? Context((MemberInfo?)typeParameter.DeclaringMethod ?? typeParameter.DeclaringType!);

    /// <summary>Takes the next note.</summary>
    internal bool Next() => _flags[_flags.Length == 1 ? 0 : _next++] == MayBeNull;

    private static byte Context(MemberInfo? member)
    {
        for (; member is not null; member = member.DeclaringType)
        {
            if (member.GetCustomAttribute<NullableContextAttribute>() is { } context)
            {
                return context.Flag;
            }
        }

        return 0;
    }
}
