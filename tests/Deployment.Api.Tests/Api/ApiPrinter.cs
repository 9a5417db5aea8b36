using System.Reflection;
using System.Text;

namespace Deployment.Api.Tests.Api;

/// <summary>Writes the public API of an assembly as text: namespaces, types and members in a stable order.</summary>
internal static class ApiPrinter
{
    internal static string Print(Assembly assembly) => Print(assembly.GetTypes());

    internal static string Print(IEnumerable<Type> types)
    {
        var text = new StringBuilder();
        IEnumerable<IGrouping<string, Type>> namespaces = types
            .Where(type => !type.IsNested && type.IsPublic)
            .GroupBy(type => type.Namespace ?? "")
            .OrderBy(group => group.Key, StringComparer.Ordinal);
        foreach (IGrouping<string, Type> group in namespaces)
        {
            text.Append(text.Length == 0 ? "" : "\n").Append("namespace ").Append(group.Key).Append(";\n");
            foreach (Type type in group.OrderBy(type => type.Name, StringComparer.Ordinal))
            {
                Write(text.Append('\n'), type, "");
            }
        }

        return text.ToString();
    }

    private static void Write(StringBuilder text, Type type, string indent)
    {
        foreach (string attribute in AttributeText.Of(type))
        {
            text.Append(indent).Append(attribute).Append('\n');
        }

        string declaration = TypeText.Declare(type);
        if (TypeText.IsDelegate(type))
        {
            text.Append(indent).Append(declaration).Append(";\n");
            return;
        }

        text.Append(indent).Append(declaration).Append('\n').Append(indent).Append("{\n");
        foreach (string member in MemberText.Of(type))
        {
            text.Append(indent).Append("    ").Append(member).Append('\n');
        }

        foreach (Type nested in type.GetNestedTypes(BindingFlags.Public | BindingFlags.NonPublic)
            .Where(nested => nested.IsNestedPublic || nested.IsNestedFamily || nested.IsNestedFamORAssem)
            .OrderBy(nested => nested.Name, StringComparer.Ordinal))
        {
            Write(text.Append('\n'), nested, indent + "    ");
        }

        text.Append(indent).Append("}\n");
    }
}
