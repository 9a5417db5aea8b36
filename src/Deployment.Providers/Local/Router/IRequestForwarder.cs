using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Router;

/// <summary>Hands one request to one instance and its answer back to the client.</summary>
internal interface IRequestForwarder
{
    /// <summary>Forwards a request. It never repeats one, and it leaves the answer untouched unless it says that the client has seen something.</summary>
    /// <param name="context">The request.</param>
    /// <param name="instance">The instance.</param>
    /// <param name="withholdNotFound">Whether to drop an answer of status 404, so that another revision can be asked.</param>
    Task<ForwardOutcome> ForwardAsync(HttpContext context, Uri instance, bool withholdNotFound);
}
