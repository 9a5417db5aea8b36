using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Deployment.Execution;

/// <summary>
/// Names a build by the module version ids of the assemblies that a pipeline's code comes from. Under another build a run only goes back.
/// </summary>
internal static class BuildId
{
    internal static string Of(IEnumerable<Assembly> assemblies)
    {
        string ids = string.Join('\n', assemblies.Distinct().Select(assembly => assembly.ManifestModule.ModuleVersionId.ToString("N")).Order(StringComparer.Ordinal));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(ids)))[..16];
    }
}
