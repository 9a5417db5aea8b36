using Deployment.Releases;

namespace Deployment.Commands;

/// <summary>Shows paths in messages: whole, because a path that is cut short can't be looked at, and harmless to a terminal.</summary>
internal static class PathText
{
    internal static string Of(string path) => string.Join('/', path.Split('/').Select(Naming.Printable));
}
