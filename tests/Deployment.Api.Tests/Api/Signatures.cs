using System.Reflection;
using System.Runtime.CompilerServices;

namespace Deployment.Api.Tests.Api;

/// <summary>What methods and types have in common: visibility, parameters, generic constraints.</summary>
internal static class Signatures
{
    internal static bool IsVisible(MethodBase? method) => method is { IsPublic: true } or { IsFamily: true } or { IsFamilyOrAssembly: true };

    internal static string Access(MethodBase method) => method.IsPublic ? "public" : "protected";

    internal static string Parameters(IEnumerable<ParameterInfo> parameters, bool isExtension = false) =>
        string.Join(", ", parameters.Select((parameter, i) => (isExtension && i == 0 ? "this " : "") + Parameter(parameter)));

    internal static string TypeParameters(Type[] parameters) =>
        parameters.Length == 0 ? "" : $"<{string.Join(", ", parameters.Select(parameter => Variance(parameter) + parameter.Name))}>";

    internal static string Constraints(Type[] parameters) => string.Concat(parameters
        .Select(parameter => (parameter.Name, Rules: ConstraintsOf(parameter).ToArray()))
        .Where(parameter => parameter.Rules.Length > 0)
        .Select(parameter => $" where {parameter.Name} : {string.Join(", ", parameter.Rules)}"));

    private static string Parameter(ParameterInfo parameter)
    {
        string passing = parameter switch
        {
            { IsOut: true } => "out ",
            { ParameterType.IsByRef: true, IsIn: true } => parameter.IsDefined(typeof(RequiresLocationAttribute)) ? "ref readonly " : "in ",
            { ParameterType.IsByRef: true } => "ref ",
            _ when parameter.IsDefined(typeof(ParamArrayAttribute)) || parameter.IsDefined(typeof(ParamCollectionAttribute)) => "params ",
            _ => "",
        };
        string initial = parameter.HasDefaultValue ? " = " + Constants.Of(parameter.RawDefaultValue, parameter.ParameterType) : "";
        return $"{AttributeText.Of(parameter)}{passing}{TypeNames.Of(parameter)} {parameter.Name}{initial}";
    }

    private static string Variance(Type parameter) => (parameter.GenericParameterAttributes & GenericParameterAttributes.VarianceMask) switch
    {
        GenericParameterAttributes.Covariant => "out ",
        GenericParameterAttributes.Contravariant => "in ",
        _ => "",
    };

    private static IEnumerable<string> ConstraintsOf(Type parameter)
    {
        GenericParameterAttributes special = parameter.GenericParameterAttributes;
        bool isStruct = special.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint);
        byte nullable = NullableFlags.Of(parameter);
        if (special.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint))
        {
            yield return nullable == 2 ? "class?" : "class";
        }
        else if (isStruct)
        {
            yield return parameter.IsDefined(typeof(IsUnmanagedAttribute)) ? "unmanaged" : "struct";
        }
        else if (nullable == 1 && parameter.GetGenericParameterConstraints().Length == 0)
        {
            yield return "notnull";
        }

        foreach (string type in parameter.GetGenericParameterConstraints().Where(type => type != typeof(ValueType)).Select(TypeNames.Of).Order(StringComparer.Ordinal))
        {
            yield return type;
        }

        if (!isStruct && special.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint))
        {
            yield return "new()";
        }
    }
}
