"""Jinja2 as dbt sets it up: its sandbox, the extensions `do` and loop controls, and what an undefined name gives."""
import re
import signal

import jinja2
import jinja2.sandbox

last = {}


class Chainable(jinja2.Undefined):
    """While dbt looks for references, what is undefined may be asked for attributes and called."""

    def __init__(self, hint=None, obj=None, name=None, exc=None):
        super().__init__(hint=hint, name=name)
        self.unsafe_callable = False
        self.alters_data = False

    def __getitem__(self, name):
        return self

    def __getattr__(self, name):
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *args, **kwargs):
        return self


def environment(undefined):
    return jinja2.sandbox.SandboxedEnvironment(extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"], undefined=undefined)


ENVIRONMENTS = {"lenient": environment(jinja2.Undefined), "chainable": environment(Chainable)}


def stop(signum, frame):
    raise TimeoutError("too slow")


def render(template, context, undefined):
    """A dict with the output, or with the error."""
    global last
    signal.alarm(10)
    try:
        last = {"output": ENVIRONMENTS[undefined].from_string(template).render(context)}
    except Exception as error:  # whatever Python raises is what a user would see
        last = {"error": type(error).__name__ + ": " + str(error)}
    finally:
        signal.alarm(0)
    return last


def comparable(output):
    """Not what Python prints of its own objects, such as generators, which is of no use to anybody."""
    return not re.search(r"Markup\(|\dj\)|<(generator|bound|built-in|function|Macro|class|jinja2|itertools|[A-Za-z_. ]+ object)", output, re.IGNORECASE)
